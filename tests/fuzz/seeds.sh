#!/usr/bin/env bash
# Makes the seeds of a fuzz target out of pcaps/, beside those that are kept in tests/fuzz/seeds.
#   seeds.sh TARGET FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 1
target=$1 folder=$2
mkdir -p "$folder"

le32() { # NUMBER: as four bytes, the lowest first
    # shellcheck disable=SC2059 # the format is what is made here
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

# Records that the end of a block cuts far from their end.
large_records() {
    head -c 24 pcaps/close4_client_first.pcap
    for _ in 1 2 3 4; do
        le32 1 && le32 2 && le32 150000 && le32 150000
        head -c 150000 /dev/zero
    done
}

if [ "$target" != reader ]; then
    "$B/fuzz/make_seeds" "$target" "$folder" pcaps/*.pcap pcaps/*.pcapng
    exit
fi
cp pcaps/*.pcap pcaps/*.pcapng "$folder"
large_records >"$folder/large.pcap"
for tool in gzip bzip2 xz zstd lz4; do
    command -v $tool >/dev/null && $tool -c <pcaps/close4_client_first.pcap >"$folder/$tool"
done
head -c 200 "$folder/gzip" >"$folder/gzip-cut"
