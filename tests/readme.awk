# README.md with what its examples print: the lines behind "$ synfin …" up to the end of the block.
#   awk -v synfin=PROGRAM -f tests/readme.awk README.md
/^\$ synfin / {
    print
    command = synfin substr($0, length("$ synfin") + 1)
    while ((command | getline line) > 0)
        print line
    close(command)
    in_output = 1
    next
}
/^```/ { in_output = 0 }
!in_output
