#include "decode/inflate.h"

#include <stdlib.h>
#include <zlib.h>

#define OCTETS_MAX UINT16_MAX /* the length field of IP says no more */

struct sf_inflater {
    z_stream stream;
    uint8_t octets[OCTETS_MAX];
};

struct sf_inflater *sf_inflater_new(void)
{
    enum { BARE = -15 /* no header, and the largest window */ };
    struct sf_inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater != NULL && inflateInit2(&inflater->stream, BARE) != Z_OK) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

void sf_inflater_free(struct sf_inflater *inflater)
{
    if (inflater != NULL) {
        (void)inflateEnd(&inflater->stream);
    }
    free(inflater);
}

bool sf_inflate(struct sf_inflater *inflater, const struct sf_cursor *packed,
                struct sf_cursor *octets, bool *is_whole)
{
    z_stream *stream = &inflater->stream;
    if (inflateReset(stream) != Z_OK) {
        return false;
    }
    stream->next_in = (z_const Bytef *)packed->at;
    stream->avail_in = (uInt)bytes_left(packed); /* a packet's octets: a uint32_t */
    stream->next_out = inflater->octets;
    stream->avail_out = OCTETS_MAX;
    int status = inflate(stream, Z_SYNC_FLUSH);
    bool is_cut = stream->avail_in == 0 && (status == Z_OK || status == Z_BUF_ERROR);
    *is_whole = status == Z_STREAM_END;
    *octets = (struct sf_cursor){inflater->octets, stream->next_out};
    return (*is_whole || is_cut) && bytes_left(octets) > 0;
}
