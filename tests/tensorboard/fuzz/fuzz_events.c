/* Fuzzes the kernel for event files (runlift/wire/_event_walk.h) without Python. See README.md for how to run it.
 *
 * With clang this is a libFuzzer target. With -DOWN_DRIVER it has a main of its own, which mutates the files that it is
 * given, always in the same way for the same seed.
 *
 * The first byte of an input chooses the window size and how the rest is taken: as a file as it is; as a file whose
 * checksums are made right again (most mutations would stop at the checksums otherwise); or as the payload of one record.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../runlift/wire/_event_walk.h"

#define CHECK(what)                                                         \
    do {                                                                    \
        if (!(what)) {                                                      \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void put32(uint8_t *p, uint32_t x) { memcpy(p, &x, 4); }

static void frame(uint8_t *p, uint64_t length) {
    memcpy(p, &length, 8);
    put32(p + 8, crc_masked(p, 8));
    put32(p + HEADER + length, crc_masked(p + HEADER, length));
}

/* Make the checksums of all frames right that the lengths lead to. */
static void mend(uint8_t *p, int64_t n) {
    int64_t at = 0;
    while (n - at >= FRAME) {
        uint64_t length = load64(p + at);
        if (length > (uint64_t)(n - at - FRAME)) length = (uint64_t)(n - at - FRAME);
        frame(p + at, length);
        at += FRAME + (int64_t)length;
    }
}

static void check_window(const Kernel *k, int64_t n, int64_t base, int64_t done, int64_t limit) {
    CHECK(done >= 0 && done <= n);
    for (int64_t i = 0; i < k->n_points; i++) {
        CHECK(k->points[i].tag >= 0 && k->points[i].tag < k->tags.n);
        CHECK(k->points[i].offset >= base && k->points[i].offset < base + n);
    }
    for (int64_t i = 0; i < k->n_odd; i++) {
        const Odd *o = &k->odd[i];
        CHECK(0 <= o->start && o->start <= o->stop && o->stop <= n);
        CHECK(o->tag >= -1 && o->tag < k->tags.n);
        CHECK(o->record >= base && o->record + o->size <= base + n);
    }
    for (int64_t i = 0; i < k->n_lost; i += 2) CHECK(k->lost[i] < k->lost[i + 1] && k->lost[i + 1] <= limit);
    CHECK(k->used >= 0 && k->empty >= 0 && k->used + k->empty <= limit);
}

/* Every window lies in memory of exactly its size, so that the sanitizer sees the first byte that is read beyond it. */
static void read_all(const uint8_t *file, int64_t limit, int64_t window) {
    Kernel k = {0};
    int64_t base = 0, need = 0, unfinished = -1, lost = 0, records = 0;
    kernel_start(&k);
    for (int turns = 0; turns < 10000; turns++) {
        int64_t n = need > window ? need : window;
        if (n > limit - base) n = limit - base;
        uint8_t *p = malloc((size_t)(n ? n : 1));
        if (n) memcpy(p, file + base, (size_t)n);
        int64_t done = kernel_read(&k, p, n, base, limit, &need, &unfinished);
        free(p);
        check_window(&k, n, base, done, limit);
        for (int64_t i = 0; i < k.n_lost; i += 2) lost += k.lost[i + 1] - k.lost[i];
        for (int32_t i = 0; i < k.tags.n; i++) k.tags.all[i].count = 0;
        records += k.records;
        base += done;
        if (base >= limit) break;
    }
    CHECK(base == limit && unfinished >= 0 && unfinished <= limit);
    CHECK(lost + (limit - unfinished) + records * FRAME <= limit);
    kernel_free(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int ready;
    if (!ready) ready = crc_choose() | 1;
    if (size < 1) return 0;
    int64_t n = (int64_t)size - 1, window = (int64_t[]){16, 100, 4096, 1 << 20}[data[0] & 3];
    int how = (data[0] >> 2) % 3;
    uint8_t *file = malloc((size_t)n + FRAME);
    memcpy(file + (how == 2 ? HEADER : 0), data + 1, (size_t)n);
    if (how == 2) {
        frame(file, (uint64_t)n);
        n += FRAME;
    } else if (how == 1) {
        mend(file, n);
    }
    read_all(file, n, window);
    free(file);
    return 0;
}

#ifdef OWN_DRIVER

static uint64_t state;

static uint64_t pick(uint64_t below) { /* splitmix64 */
    uint64_t z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return (z ^ (z >> 31)) % (below ? below : 1);
}

static const uint64_t ODD_NUMBERS[] = {0, 1, 127, 128, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1ull << 63, ~0ull};

static size_t mutate(uint8_t *p, size_t n, size_t room) {
    for (uint64_t times = 1 + pick(4); times && n > 1; times--) {
        size_t at = pick(n), span = 1 + pick(16);
        if (span > n - at) span = n - at;
        switch (pick(6)) {
            case 0: p[at] ^= (uint8_t)(1u << pick(8)); break;
            case 1: p[at] = (uint8_t)pick(256); break;
            case 2: /* cut out */
                memmove(p + at, p + at + span, n - at - span);
                n -= span;
                break;
            case 3: /* say twice */
                if (n + span > room) break;
                memmove(p + at + span, p + at, n - at);
                n += span;
                break;
            case 4: { /* a number that writers never write */
                uint64_t x = ODD_NUMBERS[pick(sizeof ODD_NUMBERS / sizeof *ODD_NUMBERS)];
                memcpy(p + at, &x, span < 8 ? span : 8);
                break;
            }
            default: n = at + 1; /* cut off */
        }
    }
    return n;
}

typedef struct {
    uint8_t *data;
    size_t size;
} Sample;

static Sample load(const char *path) {
    Sample s = {0};
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL);
    fseek(f, 0, SEEK_END);
    s.size = (size_t)ftell(f);
    rewind(f);
    s.data = malloc(s.size + 1);
    CHECK(fread(s.data, 1, s.size, f) == s.size);
    fclose(f);
    return s;
}

/* fuzz_events ROUNDS SEED FILE... */
int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "fuzz_events ROUNDS SEED FILE...\n"), 2;
    int n = argc - 3;
    Sample *samples = malloc((size_t)n * sizeof *samples);
    size_t room = 0;
    for (int i = 0; i < n; i++) {
        samples[i] = load(argv[i + 3]);
        if (samples[i].size > room) room = samples[i].size;
    }
    room += 256;
    uint8_t *input = malloc(room + 1);
    state = strtoull(argv[2], NULL, 10);
    for (uint64_t round = strtoull(argv[1], NULL, 10); round; round--) {
        const Sample *s = &samples[pick((uint64_t)n)];
        size_t from = 0, size = s->size;
        uint8_t how = (uint8_t)pick(12);
        if (how >> 2 == 2 && size > FRAME) { /* one record's payload: that of the first, or any piece */
            from = pick(4) ? HEADER : pick(size - 1);
            size = from == HEADER ? load64(s->data) : 1 + pick(200);
            if (size > s->size - from) size = s->size - from;
        }
        memcpy(input + 1, s->data + from, size);
        size = mutate(input + 1, size, room);
        input[0] = how;
        LLVMFuzzerTestOneInput(input, size + 1);
    }
    printf("no fault\n");
    for (int i = 0; i < n; i++) free(samples[i].data);
    free(samples);
    free(input);
    return 0;
}
#endif
