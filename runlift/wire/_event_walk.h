/* Event files to columns: TFRecord framing with both checksums, Event and Summary protobuf, scalars into arrays.
 *
 * One Kernel reads one file, window by window, and keeps between windows what must be kept: tags, what their metadata
 * said, and whether it is looking for the next good record after damage. Everything that is not a plain scalar is given
 * back as a place in the window (an "odd" entry), for Python to decode. wire/slow_events.py does the same in Python.
 * Nothing here knows Python, so that it can be fuzzed by itself (tests/tensorboard/fuzz).
 *
 * Framing: u64 length, u32 masked crc of it, payload, u32 masked crc (tensorflow/core/lib/io/record_writer.cc).
 * Fields: tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
 */
#ifndef RUNLIFT_EVENT_WALK_H
#define RUNLIFT_EVENT_WALK_H

#include "_protobuf.h"
#include "_tags.h"

#define HEADER 12
#define FRAME 16
#define LONGEST 0x7FFFFFFFull /* protobuf takes no longer message */

/* Kinds of odd entries. 3..9 are the field numbers of Event.what, whose content is meant. */
enum { ODD_BAD_EVENT = 0, ODD_VALUE = 16, ODD_DESCRIPTION = 17, ODD_LONG_TAG = 18, ODD_MIXED = 256 };

/* What no writer reaches, so that no file can make the memory that is used many times its own size: bytes of a tag,
 * odd entries and points of one record (beyond them it is no Event), and odd entries of a window (it then ends early). */
#define LONGEST_TAG 65536
#define MOST_IN_RECORD (1 << 20)
#define MOST_ODD (1 << 18)

typedef struct { /* nine int64 in Python */
    int64_t record, size, start, stop, kind, tag, step;
    double wall;
    int64_t known; /* KIND_* remembered for the tag */
} Odd;

typedef struct {
    int64_t step, offset;
    double wall, value;
    int32_t tag;
} Point;

typedef struct {
    Tags tags;
    int32_t told;               /* tags that Python knows already */
    int64_t damage, tail;       /* where damage, and where a record that runs past the end, began; -1 for none */
    int64_t full;               /* since `damage`: behind it there were only zeros so far */
    int64_t distrusted, spent;  /* a header found false; bytes summed in vain since `damage` */
    Point *points;
    Odd *odd;
    int64_t *lost;              /* pairs: damaged ranges */
    int64_t n_points, cap_points, n_odd, cap_odd, n_lost, cap_lost;
    int early;                  /* this window ended before its last whole record */
    int64_t used, empty, records, rounded, bare; /* bare: tensors of tags of which no metadata is known */
} Kernel;

static int add_point(Kernel *d, int32_t tag, int64_t step, double wall, double value, int64_t offset) {
    if (!grow((void **)&d->points, sizeof *d->points, d->n_points, &d->cap_points)) return 0;
    d->points[d->n_points++] = (Point){step, offset, wall, value, tag};
    d->tags.all[tag].count++;
    return 1;
}

static int add_odd(Kernel *d, Odd o) {
    if (!grow((void **)&d->odd, sizeof *d->odd, d->n_odd, &d->cap_odd)) return 0;
    d->odd[d->n_odd++] = o;
    return 1;
}

static int add_lost(Kernel *d, int64_t start, int64_t stop) {
    if (!grow((void **)&d->lost, sizeof *d->lost, d->n_lost + 1, &d->cap_lost)) return 0;
    d->lost[d->n_lost++] = start;
    d->lost[d->n_lost++] = stop;
    return 1;
}

/* One Summary.Value, taken apart. */
typedef struct {
    const uint8_t *tag, *tag_end, *tensor, *tensor_end, *metadata, *metadata_end;
    uint32_t what, whats; /* the oneof's last field number; how many were set */
    uint64_t simple;
} Value;

static int read_value(const uint8_t *p, const uint8_t *end, Value *v) {
    Field f;
    *v = (Value){.tag = (const uint8_t *)"", .tag_end = NULL};
    v->tag_end = v->tag;
    while (p < end) {
        if (!(p = read_field(p, end, &f))) return 0;
        if (f.number == 2 && f.type == I32) {
            v->simple = f.bits;
            v->what = 2;
            v->whats++;
        } else if (f.type == LEN) {
            switch (f.number) {
                case 1: v->tag = f.p; v->tag_end = f.end; break;
                case 3: case 4: case 5: case 6: v->what = f.number; v->whats++; break;
                case 8: v->tensor = f.p; v->tensor_end = f.end; v->what = 8; v->whats++; break;
                case 9: v->metadata = f.p; v->metadata_end = f.end; break;
                default: break;
            }
        }
    }
    return 1;
}

/* What SummaryMetadata says of the tensors (KIND_*), and whether it holds words for people; -1 for bad bytes. */
static int read_metadata(const uint8_t *p, const uint8_t *end, int *words) {
    Field f, inner;
    int kind = KIND_UNKNOWN, scalar_class = 0;
    while (p < end) {
        if (!(p = read_field(p, end, &f))) return -1;
        if ((f.number == 2 || f.number == 3) && f.type == LEN && f.end > f.p) *words = 1;
        if (f.number == 4 && f.type == VARINT) scalar_class = f.bits == 1; /* DATA_CLASS_SCALAR */
        if (f.number != 1 || f.type != LEN) continue;
        for (const uint8_t *q = f.p; q < f.end;) {
            if (!(q = read_field(q, f.end, &inner))) return -1;
            if (inner.number != 1 || inner.type != LEN || inner.end == inner.p) continue;
            kind = inner.end - inner.p == 7 && !memcmp(inner.p, "scalars", 7) ? KIND_SCALAR : KIND_OTHER;
        }
    }
    return scalar_class ? KIND_SCALAR : kind;
}

/* One value of a summary: a point, or an odd entry. `o` holds the record's own fields. 0 when memory ran out, -1 when
 * the bytes are no Value. */
static int take_value(Kernel *d, const uint8_t *p, const uint8_t *end, const uint8_t *window, Odd o) {
    Value v;
    int words = 0, kind = KIND_UNKNOWN;
    double number = 0;
    if (!read_value(p, end, &v)) return -1;
    o.kind = ODD_VALUE;
    o.start = p - window;
    o.stop = end - window;
    if (v.tag_end - v.tag > LONGEST_TAG) {
        o.kind = ODD_LONG_TAG;
        return add_odd(d, o);
    }
    int32_t id = tags_find(&d->tags, v.tag, (uint32_t)(v.tag_end - v.tag));
    if (id < 0) return 0;
    Tag *tag = &d->tags.all[id];
    o.tag = id;
    o.known = tag->kind;
    if (v.metadata) {
        kind = read_metadata(v.metadata, v.metadata_end, &words);
        if (kind > KIND_UNKNOWN) tag->kind = (uint8_t)kind;
    }
    if (kind == KIND_UNKNOWN) kind = tag->kind;
    int scalar = 0;
    if (v.what == 2) {
        number = float_of((uint32_t)v.simple);
        scalar = 1;
    } else if (v.what == 8) {
        d->bare += kind == KIND_UNKNOWN;
        scalar = v.whats == 1 && (kind == KIND_UNKNOWN || kind == KIND_SCALAR) &&
                 tensor_scalar(v.tensor, v.tensor_end, &number, &d->rounded);
    }
    if (!scalar) return add_odd(d, o);
    if (words && !tag->described) {
        tag->described = 1;
        o.kind = ODD_DESCRIPTION;
        o.start = v.metadata - window;
        o.stop = v.metadata_end - window;
        if (!add_odd(d, o)) return 0;
    }
    return add_point(d, id, o.step, o.wall, number, o.record);
}

/* The top of an Event. `first` is where its summary begins: fields before it that another `what` overrode do not count. */
typedef struct {
    double wall;
    int64_t step;
    uint32_t what;
    const uint8_t *first, *p, *end;
} Top;

static int read_top(const uint8_t *p, const uint8_t *end, Top *t) {
    Field f;
    *t = (Top){0};
    while (p < end) {
        const uint8_t *at = p;
        if (!(p = read_field(p, end, &f))) return 0;
        if (f.number == 1 && f.type == I64) t->wall = double_of(f.bits);
        if (f.number == 2 && f.type == VARINT) t->step = (int64_t)f.bits;
        if (f.number < 3 || f.number > 9 || f.type != LEN) continue;
        if (t->what != f.number) t->first = at;
        t->what = f.number;
        t->p = f.p;
        t->end = f.end;
    }
    return 1;
}

/* The values of all summary fields from `p` on. As take_value. */
static int take_summaries(Kernel *d, const uint8_t *p, const uint8_t *end, const uint8_t *window, Odd o) {
    Field f, value;
    int64_t most = d->n_points + d->n_odd + MOST_IN_RECORD;
    while (p < end) {
        p = read_field(p, end, &f); /* read_top has seen that it is good */
        if (f.number != 5 || f.type != LEN) continue;
        for (const uint8_t *q = f.p; q < f.end;) {
            if (!(q = read_field(q, f.end, &value))) return -1;
            if (value.number != 1 || value.type != LEN) continue;
            int done = take_value(d, value.p, value.end, window, o);
            if (done < 1) return done;
            if (d->n_points + d->n_odd > most) return -1;
        }
    }
    return 1;
}

/* Take back what a record gave before it turned out to be no Event. */
static void untake(Kernel *d, int64_t points, int64_t odd) {
    while (d->n_points > points) d->tags.all[d->points[--d->n_points].tag].count--;
    d->n_odd = odd;
}

/* One proven record, whose payload is [p, end). 0 when memory ran out. */
static int take_record(Kernel *d, const uint8_t *p, const uint8_t *end, const uint8_t *window, int64_t offset) {
    Top top;
    int64_t points = d->n_points, odd = d->n_odd, size = end - p + FRAME, bare = d->bare, rounded = d->rounded;
    Odd o = {.record = offset, .size = size, .start = p - window, .stop = end - window, .tag = -1};
    int good = read_top(p, end, &top);
    d->records++;
    if (good > 0) {
        o.wall = top.wall;
        o.step = top.step;
        if (top.what == 5) good = take_summaries(d, top.first, end, window, o);
        if (!good) return 0;
    }
    if (good < 1) {
        untake(d, points, odd);
        d->bare = bare;
        d->rounded = rounded;
        o.kind = ODD_BAD_EVENT;
        return add_odd(d, o);
    }
    if (top.what && top.what != 5) {
        o.kind = top.what;
        o.start = (top.what == 3 ? p : top.p) - window; /* with a file version the source metadata counts too */
        o.stop = (top.what == 3 ? end : top.end) - window;
        return add_odd(d, o);
    }
    if (d->n_odd == odd) {
        *(d->n_points > points ? &d->used : &d->empty) += size;
    } else if (d->n_points > points)
        for (int64_t i = odd; i < d->n_odd; i++) d->odd[i].kind |= ODD_MIXED;
    return 1;
}

static inline int header_ok(const uint8_t *p, uint64_t *length) {
    *length = load64(p);
    return crc_masked(p, 8) == load32(p + 8);
}

static inline int payload_ok(const uint8_t *p, uint64_t length) {
    return crc_masked(p + HEADER, length) == load32(p + HEADER + length);
}

static void lose(Kernel *d, int64_t at) {
    if (d->damage >= 0) return;
    d->damage = d->full = at;
    d->spent = 0;
}

/* Pass `n` bytes at `p` (offset `here`) while looking for the next good record. */
static int64_t pass_by(Kernel *d, const uint8_t *p, int64_t n, int64_t here) {
    lose(d, here);
    if (n > 1 || *p) d->full = here + n;
    return n;
}

static int64_t count_zeros(const uint8_t *p, int64_t n) {
    int64_t i = 0;
    while (i + 8 <= n && !load64(p + i)) i += 8;
    while (i < n && !p[i]) i++;
    return i;
}

/* Whether summing more false records is still in proportion to the damage passed: keeps the whole linear. */
static int may_try(Kernel *d, int64_t at) { return d->spent <= (at - d->damage) * 16 + (64 << 20); }

/* Does the record at `at`, or the file's end, prove itself? 1 yes, 0 no, -1 when `need` bytes must be there to tell. */
static int proves(const uint8_t *p, int64_t n, int64_t at, int64_t left, int64_t *need) {
    uint64_t length;
    if (at == left) return 1;
    if (left - at < FRAME) return 0;
    if ((*need = at + HEADER) > n) return -1;
    if (!header_ok(p + at, &length) || length > LONGEST || (int64_t)length + FRAME > left - at) return 0;
    if ((*need = at + FRAME + (int64_t)length) > n) return -1;
    return payload_ok(p + at, length);
}

/* Walk the window [p, p+n) that begins at `base` of a source that ends at `limit`. Gives the bytes done with; `need`
 * is how many more than that must be in the next window. -1 when memory ran out. */
static int64_t walk(Kernel *d, const uint8_t *p, int64_t n, int64_t base, int64_t limit, int64_t *need) {
    int64_t at = 0;
    *need = HEADER;
    while (n - at >= HEADER) {
        uint64_t length;
        int64_t here = base + at, left = limit - here, zeros = p[at] ? 0 : count_zeros(p + at, n - at);
        if ((d->early = d->n_odd >= MOST_ODD)) break;
        if (zeros >= 2 * HEADER) { /* no header is all zeros; holes of sparse files are large */
            lose(d, here);
            at += zeros - HEADER + 1;
            continue;
        }
        if (!header_ok(p + at, &length) || length > LONGEST || here == d->distrusted) {
            at += pass_by(d, p + at, 1, here);
            continue;
        }
        int64_t size = (int64_t)length + FRAME;
        if (size > left) {
            if (d->tail < 0) d->tail = here;
            at += pass_by(d, p + at, 1, here);
            continue;
        }
        if (d->damage >= 0 && !may_try(d, here)) {
            at += pass_by(d, p + at, 1, here);
            continue;
        }
        if (at + size > n) {
            *need = size;
            d->spent += size;
            break;
        }
        if (!payload_ok(p + at, length)) {
            int next = d->damage >= 0 ? 0 : proves(p + at, n - at, size, left, need);
            if (next < 0) break;
            at += pass_by(d, p + at, next ? size : 1, here);
            d->spent += size;
            continue;
        }
        if (d->damage >= 0 && !add_lost(d, d->damage, here)) return -1;
        d->damage = d->tail = -1;
        if (!take_record(d, p + at + HEADER, p + at + HEADER + length, p, here)) return -1;
        at += size;
    }
    return at;
}

/* The source ends: settle what lies behind the last good record. Gives where the unfinished tail begins (`limit` when
 * there is none), or -1 when memory ran out. A cut record is unfinished, and so are zeros that a file system put where
 * a writer's bytes never came; other bytes without a good record behind them are damage. */
static int64_t settle(Kernel *d, const uint8_t *p, int64_t n, int64_t here, int64_t limit) {
    if (d->damage < 0) return here;
    for (int64_t i = 0; i < n; i++)
        if (p[i]) d->full = here + i + 1;
    int64_t tail = d->tail >= 0 ? d->tail : limit - d->full >= HEADER ? d->full : limit;
    if (tail > d->damage && !add_lost(d, d->damage, tail)) return -1;
    d->damage = d->tail = -1;
    return tail;
}

/* A kernel that has read nothing yet; `k` is zeroed. */
static void kernel_start(Kernel *k) {
    k->damage = k->tail = k->distrusted = -1;
    k->tags.last = -1;
    k->tags.seed = (uint64_t)(uintptr_t)k * 0x9E3779B97F4A7C15ull;
}

static void kernel_free(Kernel *k) {
    tags_free(&k->tags);
    free(k->points);
    free(k->odd);
    free(k->lost);
}

/* Read the whole records of a window. Gives the bytes done with, or -1 when memory ran out; `unfinished` is -1 but for
 * the last window. */
static int64_t kernel_read(Kernel *d, const uint8_t *p, int64_t n, int64_t base, int64_t limit, int64_t *need,
                           int64_t *unfinished) {
    d->n_points = d->n_odd = d->n_lost = d->records = d->used = d->empty = d->rounded = d->bare = 0;
    *need = d->early = 0;
    *unfinished = -1;
    int64_t done = walk(d, p, n, base, limit, need);
    if (done < 0 || d->early || base + n != limit) return done;
    *unfinished = settle(d, p + done, n - done, base + done, limit);
    return *unfinished < 0 ? -1 : n;
}

#endif
