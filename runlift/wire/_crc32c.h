/* CRC-32C (Castagnoli), the checksum of TFRecord framing, and little-endian loads.
 *
 * The SSE4.2 instruction where the processor has it (asked at run time), else eight table look-ups for eight bytes.
 * TFRecord stores checksums "masked" (tensorflow/core/lib/hash/crc32c.h), so that a CRC of data that holds CRCs stays good.
 */
#ifndef RUNLIFT_CRC32C_H
#define RUNLIFT_CRC32C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define RUNLIFT_LE32(x) __builtin_bswap32(x)
#define RUNLIFT_LE64(x) __builtin_bswap64(x)
#else
#define RUNLIFT_LE32(x) (x)
#define RUNLIFT_LE64(x) (x)
#endif

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define RUNLIFT_SSE42 1
#include <nmmintrin.h>
#endif

static inline uint32_t load32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, 4);
    return RUNLIFT_LE32(x);
}

static inline uint64_t load64(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return RUNLIFT_LE64(x);
}

static uint32_t crc_tables[8][256];

static void crc_fill_tables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) c = (c >> 1) ^ ((c & 1) ? 0x82F63B78u : 0);
        crc_tables[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 8; k++)
            crc_tables[k][i] = (crc_tables[k - 1][i] >> 8) ^ crc_tables[0][crc_tables[k - 1][i] & 255];
}

/* Both take and give the plain CRC of what came before, so that a long text can be summed in pieces. */
static uint32_t crc_by_table(uint32_t crc, const uint8_t *p, size_t n) {
    crc = ~crc;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t x = load64(p) ^ crc;
        crc = 0;
        for (int k = 0; k < 8; k++) crc ^= crc_tables[7 - k][(x >> (8 * k)) & 255];
    }
    for (; n; p++, n--) crc = (crc >> 8) ^ crc_tables[0][(crc ^ *p) & 255];
    return ~crc;
}

#ifdef RUNLIFT_SSE42
__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(uint32_t start, const uint8_t *p, size_t n) {
    uint64_t crc = ~start;
    for (; n >= 8; p += 8, n -= 8) crc = _mm_crc32_u64(crc, load64(p));
    uint32_t low = (uint32_t)crc;
    if (n & 4) {
        low = _mm_crc32_u32(low, load32(p));
        p += 4;
    }
    if (n & 2) {
        uint16_t x;
        memcpy(&x, p, 2);
        low = _mm_crc32_u16(low, x);
        p += 2;
    }
    if (n & 1) low = _mm_crc32_u8(low, *p);
    return ~low;
}
#endif

static uint32_t (*crc32c)(uint32_t, const uint8_t *, size_t) = crc_by_table;

/* Choose once, when the module is loaded; 1 when the instruction is used. */
static int crc_choose(void) {
    crc_fill_tables();
#ifdef RUNLIFT_SSE42
    if (__builtin_cpu_supports("sse4.2")) {
        crc32c = crc_by_instruction;
        return 1;
    }
#endif
    return 0;
}

static inline uint32_t crc_masked(const uint8_t *p, size_t n) {
    uint32_t crc = crc32c(0, p, n);
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

#endif
