# Who includes whom, against src/rooms; who may speak to the world outside. See README.md, Contributing.
#   awk -f tests/rooms.awk src/rooms FILE…
FILENAME == ARGV[1] {
    split($0, side, ":")
    allowed[side[1]] = " " side[1] " " side[2] " "
    next
}
FNR == 1 {
    room = FILENAME
    if (room !~ /^src\//)
        room = "include"
    sub(/^src\//, "", room)
    sub(/\/.*/, "", room)
    if (room != "include" && !(room in allowed))
        complain("room '" room "' is not in src/rooms")
}
/^#include "/ {
    target = $2
    gsub(/"/, "", target)
    sub(/\/.*/, "", target)
    if (room == "include" || index(allowed[room], " " target " ") == 0)
        complain("'" room "' must not include '" $2 "'")
}
/^#include <pcap/ && room != "capture" { complain("only 'capture' includes libpcap") }
/(^|[^a-z_>.])(exit|getenv|secure_getenv) *\(|[^a-z_]stderr[^a-z_]/ && !/^[ ]*(\*|\/\*|\/\/)/ && room != "cli" {
    complain("exit, getenv and standard error belong to 'cli'")
}
function complain(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; bad = 1 }
END { exit bad }
