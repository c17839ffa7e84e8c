#include "random.h"

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_below(struct random *random, uint32_t n)
{
    return (uint32_t)(random_next(random) % n);
}

int64_t random_between(struct random *random, int64_t low_ns, int64_t high_ns)
{
    return low_ns + (int64_t)(random_next(random) % (uint64_t)(high_ns - low_ns));
}

bool random_is(struct random *random, unsigned per_mille)
{
    return random_below(random, 1000) < per_mille;
}

uint64_t random_mix(uint64_t seed, uint64_t salt)
{
    struct random random = {.state = seed ^ salt * UINT64_C(0xd1342543de82ef95)};
    random_next(&random);
    return random_next(&random);
}
