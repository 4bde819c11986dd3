/* The little of protobuf's wire format that event files need: fields, varints, and one-element TensorProtos.
 *
 * Field numbers are those of tensorflow/core/framework/{tensor,tensor_shape,types}.proto. Every reader stays inside
 * [p, end) whatever the bytes are, and a field of an unexpected wire type is an unknown field, as in protobuf itself.
 */
#ifndef RUNLIFT_PROTOBUF_H
#define RUNLIFT_PROTOBUF_H

#include "_crc32c.h"

enum { VARINT = 0, I64 = 1, LEN = 2, GROUP = 3, END_GROUP = 4, I32 = 5 };

typedef struct {
    uint32_t number, type;
    uint64_t bits;           /* VARINT, I64, I32 */
    const uint8_t *p, *end;  /* LEN: the content */
} Field;

static inline const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint64_t *out) {
    uint64_t x = 0;
    for (int shift = 0; shift < 70 && p < end; shift += 7) {
        uint8_t b = *p++;
        x |= (uint64_t)(b & 127) << shift; /* the tenth byte gives one bit */
        if (!(b & 128)) {
            *out = x;
            return p;
        }
    }
    return NULL;
}

static const uint8_t *skip_group(const uint8_t *p, const uint8_t *end, uint32_t number);

/* The next field; NULL where the bytes are no protobuf. */
static const uint8_t *read_field(const uint8_t *p, const uint8_t *end, Field *f) {
    uint64_t key;
    if (p < end && *p < 128)
        key = *p++;
    else if (!(p = read_varint(p, end, &key)) || key > UINT32_MAX)
        return NULL;
    f->number = (uint32_t)(key >> 3);
    f->type = (uint32_t)(key & 7);
    if (!f->number) return NULL;
    switch (f->type) {
        case VARINT:
            return read_varint(p, end, &f->bits);
        case I64:
            if (end - p < 8) return NULL;
            f->bits = load64(p);
            return p + 8;
        case I32:
            if (end - p < 4) return NULL;
            f->bits = load32(p);
            return p + 4;
        case LEN: {
            uint64_t n;
            if (!(p = read_varint(p, end, &n)) || n > (uint64_t)(end - p)) return NULL;
            f->p = p;
            f->end = p + n;
            return f->end;
        }
        case GROUP:
            return skip_group(p, end, f->number);
        default:
            return NULL;
    }
}

/* Groups (long out of use) nest: walked with a counter, not by recursion, so that depth costs no stack. */
static const uint8_t *skip_group(const uint8_t *p, const uint8_t *end, uint32_t number) {
    uint32_t open[100];
    int depth = 0;
    open[depth++] = number;
    while (depth) {
        uint64_t key;
        Field f;
        const uint8_t *after = read_varint(p, end, &key);
        if (!after || key > UINT32_MAX) return NULL;
        if ((key & 7) == GROUP) {
            if (depth == 100) return NULL;
            open[depth++] = (uint32_t)(key >> 3);
            p = after;
        } else if ((key & 7) == END_GROUP) {
            if (open[--depth] != (uint32_t)(key >> 3)) return NULL;
            p = after;
        } else if (!(p = read_field(p, end, &f)))
            return NULL;
    }
    return p;
}

enum {
    DT_FLOAT = 1, DT_DOUBLE = 2, DT_INT32 = 3, DT_UINT8 = 4, DT_INT16 = 5, DT_INT8 = 6, DT_INT64 = 9, DT_BOOL = 10,
    DT_BFLOAT16 = 14, DT_UINT16 = 17, DT_HALF = 19, DT_UINT32 = 22, DT_UINT64 = 23
};

typedef struct {
    uint32_t item;  /* bytes of one element in tensor_content */
    uint32_t field; /* number of the *_val field that holds it otherwise */
    uint32_t type;  /* wire type of one such value */
} Dtype;

static const Dtype DTYPES[24] = {
    [DT_FLOAT] = {4, 5, I32},    [DT_DOUBLE] = {8, 6, I64},   [DT_INT32] = {4, 7, VARINT},  [DT_UINT8] = {1, 7, VARINT},
    [DT_INT16] = {2, 7, VARINT}, [DT_INT8] = {1, 7, VARINT},  [DT_INT64] = {8, 10, VARINT}, [DT_BOOL] = {1, 11, VARINT},
    [DT_BFLOAT16] = {2, 13, VARINT}, [DT_UINT16] = {2, 7, VARINT}, [DT_HALF] = {2, 13, VARINT},
    [DT_UINT32] = {4, 16, VARINT},   [DT_UINT64] = {8, 17, VARINT},
};

static double float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, 8);
    return x;
}

static double half_of(uint32_t h) {
    uint32_t sign = (h & 0x8000u) << 16, exponent = (h >> 10) & 31, fraction = h & 1023;
    if (exponent == 31) return float_of(sign | 0x7F800000u | (fraction << 13));
    if (exponent) return float_of(sign | ((exponent + 112) << 23) | (fraction << 13));
    double tiny = fraction * (1.0 / 16777216.0);
    return sign ? -tiny : tiny;
}

/* The number that one element means: 1, or 0 where the stored bits do not fit the dtype. `rounded` counts integers
 * that no double holds. */
static int number_of(uint32_t dtype, uint64_t bits, double *out, int64_t *rounded) {
    int64_t x = (int64_t)bits;
    switch (dtype) {
        case DT_FLOAT: *out = float_of((uint32_t)bits); return 1;
        case DT_DOUBLE: *out = double_of(bits); return 1;
        case DT_HALF: *out = half_of((uint32_t)bits & 0xFFFF); return bits <= 0xFFFF;
        case DT_BFLOAT16: *out = float_of((uint32_t)bits << 16); return bits <= 0xFFFF;
        case DT_BOOL: *out = bits != 0; return 1;
        case DT_INT32: *out = (double)x; return x == (int32_t)x;
        case DT_INT16: *out = (double)x; return x == (int16_t)x;
        case DT_INT8: *out = (double)x; return x == (int8_t)x;
        case DT_UINT8: *out = (double)x; return bits <= 0xFF;
        case DT_UINT16: *out = (double)x; return bits <= 0xFFFF;
        case DT_UINT32: *out = (double)bits; return bits <= UINT32_MAX;
        case DT_INT64:
            *out = (double)x;
            *rounded += *out >= 9223372036854775808.0 || (int64_t)*out != x;
            return 1;
        case DT_UINT64:
            *out = (double)bits;
            *rounded += *out >= 18446744073709551616.0 || (uint64_t)*out != bits;
            return 1;
        default: return 0;
    }
}

/* tensor_content of one element, sign-extended where the dtype is signed. */
static uint64_t content_bits(uint32_t dtype, const uint8_t *p) {
    switch (dtype) {
        case DT_FLOAT: case DT_UINT32: return load32(p);
        case DT_INT32: return (uint64_t)(int64_t)(int32_t)load32(p);
        case DT_DOUBLE: case DT_INT64: case DT_UINT64: return load64(p);
        case DT_INT16: return (uint64_t)(int64_t)(int16_t)(p[0] | p[1] << 8);
        case DT_HALF: case DT_BFLOAT16: case DT_UINT16: return (uint64_t)(p[0] | p[1] << 8);
        case DT_INT8: return (uint64_t)(int64_t)(int8_t)p[0];
        default: return p[0];
    }
}

/* 1 when the shape (any rank) has exactly one element. */
static int shape_is_one(const uint8_t *p, const uint8_t *end) {
    Field f, dim;
    while (p < end) {
        if (!(p = read_field(p, end, &f))) return 0;
        if (f.number == 3 && f.type == VARINT && f.bits) return 0; /* unknown_rank */
        if (f.number != 2 || f.type != LEN) continue;
        uint64_t size = 0;
        for (const uint8_t *q = f.p; q < f.end;) {
            if (!(q = read_field(q, f.end, &dim))) return 0;
            if (dim.number == 1 && dim.type == VARINT) size = dim.bits;
        }
        if (size != 1) return 0;
    }
    return 1;
}

/* One value from a *_val field, packed or not; -1 where there are more than one or the bytes are bad. */
static int one_value(const Field *f, const Dtype *d, uint64_t *bits) {
    if (f->type == d->type) {
        *bits = f->bits;
        return 1;
    }
    if (f->type != LEN) return 0;
    if (f->p == f->end) return 0;
    if (d->type == I32 && f->end - f->p == 4)
        *bits = load32(f->p);
    else if (d->type == I64 && f->end - f->p == 8)
        *bits = load64(f->p);
    else if (d->type != VARINT || read_varint(f->p, f->end, bits) != f->end)
        return -1;
    return 1;
}

/* 1 and the number when the TensorProto is numeric and has one element, stored once; 0 when it is anything else. */
static int tensor_scalar(const uint8_t *p, const uint8_t *end, double *out, int64_t *rounded) {
    Field f, content = {0};
    uint32_t dtype = 0;
    uint64_t bits = 0;
    int n = 0, one = 1;
    for (const uint8_t *q = p; q < end;) {
        if (!(q = read_field(q, end, &f))) return 0;
        if (f.number == 1 && f.type == VARINT) dtype = f.bits < 24 ? (uint32_t)f.bits : 0;
        if (f.number == 2 && f.type == LEN) one = one && shape_is_one(f.p, f.end);
        if (f.number == 4 && f.type == LEN) content = f;
    }
    const Dtype *d = &DTYPES[dtype];
    if (!d->item || !one) return 0;
    if (content.end > content.p)
        return content.end - content.p == d->item && number_of(dtype, content_bits(dtype, content.p), out, rounded);
    for (const uint8_t *q = p; q < end;) {
        q = read_field(q, end, &f);
        if (f.number != d->field) continue;
        int got = one_value(&f, d, &bits);
        if (got < 0 || (n += got) > 1) return 0;
    }
    if (d->field == 7 || d->field == 13) bits = (uint64_t)(int64_t)(int32_t)bits; /* declared int32 */
    if (d->field == 16) bits = (uint32_t)bits;
    return n == 1 && number_of(dtype, bits, out, rounded);
}

#endif
