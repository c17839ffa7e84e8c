/*
 * Runs a fuzz target on files, once each, without a fuzzer.
 *   replay FILE…
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE_MAX_READ 0x100000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int run(const char *path, uint8_t *room)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t n = fread(room, 1, SIZE_MAX_READ, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(room, n);
    return 0;
}

int main(int argc, char **argv)
{
    uint8_t *room = malloc(SIZE_MAX_READ);
    int failed = room == NULL;
    for (int i = 1; i < argc && room != NULL; i++) {
        failed |= run(argv[i], room);
    }
    free(room);
    if (!failed) {
        printf("%d inputs\n", argc - 1);
    }
    return failed;
}
