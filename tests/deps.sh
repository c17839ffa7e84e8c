#!/usr/bin/env bash
# What must be installed to build, test and develop synfin.
#
#   tests/deps.sh check LIBRARY…   each is there, or a sentence names what is missing; installs nothing
#   tests/deps.sh install          installs what building and the C tests miss
#   tests/deps.sh install-dev      installs compilers, linters and peers as well
#   tests/deps.sh install-pages    installs the browser that reports are tested with
#
# When nothing is missing, the package manager is not called at all.
set -u

PKG_CONFIG=${PKG_CONFIG:-pkg-config}
CC=${CC:-cc}

# what is looked for, how, and the Debian package that brings it
build_needs=(
    'program:pkg-config:pkg-config'
    'header:stdio.h:libc6-dev'
    'program:msgfmt:gettext'
    'library:libpcap:libpcap-dev'
    'library:libarchive:libarchive-dev'
    'library:libseccomp:libseccomp-dev'
    'library:libmnl:libmnl-dev'
    'library:zlib:zlib1g-dev'
    'library:cmocka:libcmocka-dev'
)
develop_needs=(
    'program:clang:clang'
    'fuzzer:libFuzzer:libclang-rt-dev'
    'program:llvm-cov:llvm'
    'program:clang-tidy:clang-tidy'
    'program:clang-format:clang-format'
    'program:cppcheck:cppcheck'
    'program:mandoc:mandoc'
    'program:tcpdump:tcpdump'
    'program:ip:iproute2'
    'program:busybox:busybox'
    'program:ethtool:ethtool'
)
# for the pages of `synfin report` in a browser
page_needs=(
    'program:chromium:chromium'
    'program:node:nodejs'
    'program:npm:npm'
    'program:fc-list:fontconfig'
    'font:zh:fonts-noto-cjk'
)

has() { # has KIND NAME
    case $1 in
    program) command -v "$2" >/dev/null 2>&1 || [ -x "/sbin/$2" ] || [ -x "/usr/sbin/$2" ] ;;
    library) "$PKG_CONFIG" --exists "$2" 2>/dev/null ;;
    fuzzer) printf 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address -o /dev/null -x c - 2>/dev/null ;;
    font) fc-list ":lang=$2" 2>/dev/null | grep -q . ;;
    header) printf '#include <%s>\n' "$2" | "$CC" -E - >/dev/null 2>&1 ;;
    esac
}

missing() { # the needs (of those given) that are not there
    local need kind name
    for need; do
        IFS=: read -r kind name _ <<<"$need"
        has "$kind" "$name" || printf '%s\n' "$need"
    done
}

name_missing() {
    local need kind name package
    for need; do
        IFS=: read -r kind name package <<<"$need"
        printf 'missing: the %s %s (Debian and Ubuntu: package %s)\n' "$kind" "$name" "$package" >&2
    done
}

check() { # check LIBRARY…
    local library need lacking=()
    for library; do
        case " ${build_needs[*]} " in
        *":$library:"*) ;;
        *) lacking+=("library:$library:unknown") ;;
        esac
        for need in "${build_needs[@]}"; do
            case $need in
            program:* | header:*) ;;
            *":$library:"*) ;;
            *) continue ;;
            esac
            has "${need%%:*}" "$(cut -d: -f2 <<<"$need")" || lacking+=("$need")
        done
    done
    [ ${#lacking[@]} -eq 0 ] && return 0
    mapfile -t lacking < <(printf '%s\n' "${lacking[@]}" | sort -u)
    name_missing "${lacking[@]}"
    echo "'make deps' installs what is missing" >&2
    return 1
}

as_root() { # runs the command as root, or fails without asking where nobody can answer
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        if [ -t 2 ]; then sudo "$@"; else sudo -n "$@"; fi
    else
        echo 'installing needs root, and there is no sudo' >&2
        return 1
    fi
}

install() { # install NEED…
    local lacking packages
    mapfile -t lacking < <(missing "$@")
    [ ${#lacking[@]} -eq 0 ] && return 0
    mapfile -t packages < <(printf '%s\n' "${lacking[@]}" | cut -d: -f3 | sort -u)
    if ! command -v apt-get >/dev/null 2>&1; then
        echo 'there is no apt-get here; please install what is missing by hand' >&2
    else
        echo "installing ${packages[*]}"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${packages[@]}" </dev/null >/dev/null
    fi
    mapfile -t lacking < <(missing "$@")
    [ ${#lacking[@]} -eq 0 ] && return 0
    name_missing "${lacking[@]}"
    return 1
}

case ${1-} in
check)
    shift
    check "$@"
    ;;
install) install "${build_needs[@]}" ;;
install-dev) install "${build_needs[@]}" "${develop_needs[@]}" ;;
install-pages) install "${page_needs[@]}" ;;
*)
    echo 'usage: tests/deps.sh check LIBRARY… | install | install-dev | install-pages' >&2
    exit 2
    ;;
esac
