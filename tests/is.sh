# For test scripts to read: counts what holds in $passed and $failed, and tells what does not.
passed=0 failed=0

is() { # is WHAT GOT WANTED
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$(basename "$0" .sh): $1: $2, not $3"
    fi
}
