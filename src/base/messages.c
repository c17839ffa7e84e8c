#include "base/messages.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC         0x950412deu
#define MAGIC_SWAPPED 0xde120495u
#define HEADER_SIZE   20
#define SIZE_MAX_MIB  16

/* Strings in order of their bytes, and as many translations, each a length and an offset. */
struct catalogue {
    const char *bytes; /* NULL: there is none */
    size_t size;
    uint32_t n, texts, translations;
    bool is_swapped;
};

/* Set once, before anything is said: what is said is in one language, wherever it is said. */
static struct catalogue loaded;

/* ---- the file -------------------------------------------------------------------------------- */

static uint32_t number_at(const struct catalogue *catalogue, size_t offset)
{
    uint32_t value;
    memcpy(&value, catalogue->bytes + offset, sizeof value);
    return catalogue->is_swapped ? __builtin_bswap32(value) : value;
}

/* The string `i` of a table: inside the file, and ended with 0. */
static const char *string_at(const struct catalogue *catalogue, uint32_t table, uint32_t i,
                             uint32_t *length)
{
    size_t entry = (size_t)table + (size_t)i * 8;
    *length = number_at(catalogue, entry);
    uint32_t offset = number_at(catalogue, entry + 4);
    return (uint64_t)offset + *length < catalogue->size ? catalogue->bytes + offset : NULL;
}

static bool is_whole(const struct catalogue *catalogue)
{
    for (uint32_t i = 0; i < catalogue->n; i++) {
        uint32_t length;
        const char *text = string_at(catalogue, catalogue->texts, i, &length);
        if (text == NULL || text[length] != '\0')
            return false;
        text = string_at(catalogue, catalogue->translations, i, &length);
        if (text == NULL || text[length] != '\0')
            return false;
    }
    return true;
}

static bool understand(struct catalogue *catalogue)
{
    if (catalogue->size < HEADER_SIZE)
        return false;
    uint32_t magic = number_at(catalogue, 0);
    catalogue->is_swapped = magic == MAGIC_SWAPPED;
    if (magic != MAGIC && magic != MAGIC_SWAPPED)
        return false;
    catalogue->n = number_at(catalogue, 8);
    catalogue->texts = number_at(catalogue, 12);
    catalogue->translations = number_at(catalogue, 16);
    uint64_t table = (uint64_t)catalogue->n * 8;
    return catalogue->texts + table <= catalogue->size &&
           catalogue->translations + table <= catalogue->size && is_whole(catalogue);
}

int sf_messages_load(const char *path)
{
    struct stat file;
    struct catalogue catalogue = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    bool is_file = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size > 0 &&
                   file.st_size < (off_t)SIZE_MAX_MIB << 20;
    void *bytes =
        is_file ? mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED)
        return -1;
    catalogue.bytes = bytes;
    catalogue.size = (size_t)file.st_size;
    if (!understand(&catalogue)) {
        munmap(bytes, catalogue.size);
        return -1;
    }
    loaded = catalogue;
    return 0;
}

bool sf_messages_are_loaded(void)
{
    return loaded.bytes != NULL;
}

/* ---- looking up ------------------------------------------------------------------------------ */

/* The translation of the text, or NULL: of a plural the first form, with the next behind its 0. */
static const char *find(const char *text, uint32_t *length)
{
    uint32_t low = 0, high = loaded.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, own_length;
        int order = strcmp(text, string_at(&loaded, loaded.texts, middle, &own_length));
        if (order == 0) {
            const char *found = string_at(&loaded, loaded.translations, middle, length);
            return *length > 0 ? found : NULL;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *sf_message(const char *text)
{
    uint32_t length = 0;
    /* The empty text is the catalogue's own header. */
    const char *found = text[0] != '\0' ? find(text, &length) : NULL;
    return found != NULL ? found : text;
}

const char *sf_message_n(const char *one, const char *many, unsigned long n)
{
    uint32_t length = 0;
    const char *found = find(one, &length);
    if (found == NULL)
        return n == 1 ? one : many;
    size_t first = strlen(found);
    return n != 1 && first < length ? found + first + 1 : found;
}
