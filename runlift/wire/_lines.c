/* Text to line shapes and columns of numbers, in one pass. wire/slow_lines.py says what a shape is and does the same in
 * Python; tests hold the two to one answer.
 *
 * A Table keeps the distinct shapes of one text. Two shapes are one only when all their bytes are: the hash finds the
 * place, memcmp decides. When shapes or their bytes run over the limits, further new ones become one shape, OVERFLOW.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <stdint.h>
#include <string.h>

#define NUMBER 1
#define DOTTED 2
#define IDENTITY 3
#define BAR 4
#define MOST_KEY 16384

typedef struct { int64_t start, stop, line, shape, first; } Frame;

typedef struct {
    PyObject_HEAD
    unsigned char *arena;
    int64_t arena_len, arena_cap, most_bytes;
    int64_t *offset; /* of each key in the arena, one more than keys */
    int64_t keys, cap_keys, told, most_keys, overflow;
    uint64_t *hash;
    int64_t *slot; /* open addressing: key index + 1 */
    int64_t slots;
    Frame *frames;
    int64_t n_frames, cap_frames;
    double *value;
    int32_t *begin, *end;
    unsigned char *fraction;
    int64_t n_numbers, cap_numbers;
    int64_t *slow; /* numbers that Python must convert */
    int64_t n_slow, cap_slow;
    unsigned char *key;
    int64_t key_len, key_full;
    int busy;
} Table;

/* ---- classes of bytes */

enum { WORD = 1, DIGIT = 2, LETTER = 4, BLANK = 8, CUT = 16, MARK = 32, HEX = 64, BEFORE = 128 };
static unsigned char cls[256];
static const char *const counting[] = {"epoch", "epochs", "ep", "step", "steps", "global_step", "iter", "iters",
    "iteration", "iterations", "itr", "it", "batch", "minibatch", "update", "round", "fold", "trial", NULL};

static void set_class(const char *chars, unsigned char bit) {
    for (; *chars; chars++) cls[(unsigned char)*chars] |= bit;
}

static void make_classes(void) {
    for (int c = '0'; c <= '9'; c++) cls[c] |= WORD | DIGIT | HEX;
    for (int c = 'a'; c <= 'z'; c++) cls[c] |= WORD | LETTER, cls[c - 32] |= WORD | LETTER;
    for (int c = 'a'; c <= 'f'; c++) cls[c] |= HEX, cls[c - 32] |= HEX;
    cls['_'] |= WORD | LETTER;
    cls[' '] |= BLANK, cls['\t'] |= BLANK;
    cls['\n'] |= CUT, cls['\r'] |= CUT, cls['\b'] |= CUT;
    set_class("-=*#._~>+", MARK);
    set_class(":=,|([{<>\t", BEFORE);
}

#define IS(c, k) (cls[(unsigned char)(c)] & (k))

/* ---- growing arrays; malloc as the GIL is not held */

static int grow(void **p, size_t size, int64_t need, int64_t *cap) {
    if (need < *cap) return 1;
    int64_t more = *cap ? *cap * 2 : 1024;
    while (more <= need) more *= 2;
    void *q = realloc(*p, (size_t)more * size);
    if (!q) return 0;
    *p = q, *cap = more;
    return 1;
}

/* ---- numbers */

static const double ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The double nearest to m * 10^e, where that can be told without long arithmetic; 0 where it cannot. */
static int nearest(uint64_t m, int e, double *out) {
    if (m == 0) { *out = 0.0; return 1; }
    if (m < (1ull << 53) && e >= -22 && e <= 22) {
        *out = e < 0 ? (double)m / ten[-e] : (double)m * ten[e];
        return 1;
    }
#if LDBL_MANT_DIG == 64
    if (e >= -27 && e <= 27) { /* 5^27 < 2^63: the power is exact, one rounding to 64 bits follows */
        long double p = 1.0L, b = 10.0L, r;
        for (int n = e < 0 ? -e : e; n; n >>= 1, b *= b) if (n & 1) p *= b;
        r = e < 0 ? (long double)m / p : (long double)m * p;
        uint64_t bits;
        memcpy(&bits, &r, 8);
        uint64_t low = bits & 0x7FF;
        if (low >= 0x3FF && low <= 0x401) return 0; /* too near the middle between two doubles */
        *out = (double)r;
        return 1;
    }
#endif
    return 0;
}

/* Read a decimal number at d[i..end): digits with commas, fraction, exponent. 0 where Python must read it. */
static int decimal(const unsigned char *d, int64_t i, int64_t end, double *out) {
    uint64_t m = 0;
    int digits = 0, e = 0, point = 0, negative = 0;
    if (d[i] == '-' || d[i] == '+') negative = d[i++] == '-';
    for (; i < end; i++) {
        unsigned char c = d[i];
        if (IS(c, DIGIT)) {
            if (digits || c != '0') digits++;
            if (digits > 19) return 0;
            m = m * 10 + (c - '0');
            e -= point;
        } else if (c == '.') {
            point = 1;
        } else if (c != ',') {
            break;
        }
    }
    if (i < end) { /* an exponent */
        int sign = 1, x = 0;
        i++;
        if (d[i] == '-' || d[i] == '+') sign = d[i++] == '-' ? -1 : 1;
        for (; i < end; i++) {
            x = x * 10 + (d[i] - '0');
            if (x > 5000) return 0;
        }
        e += sign * x;
    }
    if (!nearest(m, e, out)) return 0;
    if (negative) *out = -*out;
    return 1;
}

/* ---- shapes */

static uint64_t hash_of(const unsigned char *p, int64_t n) {
    uint64_t h = 0x9E3779B97F4A7C15ull ^ (uint64_t)n, w;
    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&w, p, 8);
        h = (h ^ w) * 0xFF51AFD7ED558CCDull;
        h ^= h >> 32;
    }
    w = 0;
    memcpy(&w, p, (size_t)n);
    h = (h ^ w) * 0xC4CEB9FE1A85EC53ull;
    return h ^ (h >> 29);
}

static int rehash(Table *t) {
    int64_t slots = t->slots ? t->slots * 2 : 1024;
    int64_t *slot = calloc((size_t)slots, sizeof *slot);
    if (!slot) return 0;
    for (int64_t k = 0; k < t->keys; k++) {
        int64_t at = (int64_t)(t->hash[k] & (uint64_t)(slots - 1));
        while (slot[at]) at = (at + 1) & (slots - 1);
        slot[at] = k + 1;
    }
    free(t->slot);
    t->slot = slot, t->slots = slots;
    return 1;
}

static int64_t add_key(Table *t, const unsigned char *key, int64_t n, uint64_t h) {
    int64_t cap = t->cap_keys;
    if (!grow((void **)&t->hash, sizeof *t->hash, t->keys + 2, &cap)) return -1;
    cap = t->cap_keys;
    if (!grow((void **)&t->offset, sizeof *t->offset, t->keys + 2, &cap)) return -1;
    t->cap_keys = cap;
    if (!grow((void **)&t->arena, 1, t->arena_len + n, &t->arena_cap)) return -1;
    memcpy(t->arena + t->arena_len, key, (size_t)n);
    t->offset[t->keys] = t->arena_len;
    t->hash[t->keys] = h;
    t->arena_len += n;
    t->offset[++t->keys] = t->arena_len;
    return t->keys - 1;
}

/* The index of a key, a new one where it was not seen; -1 without memory. */
static int64_t shape_of(Table *t, const unsigned char *key, int64_t n) {
    if (t->keys * 2 >= t->slots && !rehash(t)) return -1;
    uint64_t h = hash_of(key, n);
    int64_t at = (int64_t)(h & (uint64_t)(t->slots - 1)), k;
    for (; (k = t->slot[at]) != 0; at = (at + 1) & (t->slots - 1)) {
        k--;
        if (t->hash[k] == h && t->offset[k + 1] - t->offset[k] == n && !memcmp(t->arena + t->offset[k], key, (size_t)n))
            return k;
    }
    if (t->overflow < 0 && (t->keys >= t->most_keys || t->arena_len + n > t->most_bytes)) {
        static const unsigned char over[] = {5};
        if (n == 1 && key[0] == 5) return -1;
        t->overflow = add_key(t, over, 1, 0);
        return t->overflow;
    }
    if (t->overflow >= 0) return t->overflow;
    if ((k = add_key(t, key, n, h)) >= 0) t->slot[at] = k + 1;
    return k;
}

/* ---- the scan */

enum { NAME_MOST = 16 };

typedef struct {
    Table *t;
    const unsigned char *d;
    int64_t size, line_start; /* of the frame */
    int failed;
} Scan;

static inline void put(Table *t, unsigned char c) {
    if (t->key_len < MOST_KEY) t->key[t->key_len] = c;
    t->key_len++;
}

static inline void put_run(Table *t, const unsigned char *p, int64_t n) {
    if (t->key_len + n <= MOST_KEY) memcpy(t->key + t->key_len, p, (size_t)n);
    else for (int64_t i = 0; t->key_len + i < MOST_KEY; i++) t->key[t->key_len + i] = p[i];
    t->key_len += n;
}

static void number(Scan *s, int64_t begin, int64_t end, int odd, int64_t digits_at) {
    Table *t = s->t;
    if (t->n_numbers + 1 >= t->cap_numbers) {
        int64_t cap = t->cap_numbers, c1 = cap, c2 = cap, c3 = cap, c4 = cap;
        if (!grow((void **)&t->value, 8, t->n_numbers + 1, &c1) || !grow((void **)&t->begin, 4, t->n_numbers + 1, &c2) ||
            !grow((void **)&t->end, 4, t->n_numbers + 1, &c3) || !grow((void **)&t->fraction, 1, t->n_numbers + 1, &c4)) {
            s->failed = 1;
            return;
        }
        t->cap_numbers = c1;
    }
    double v = 0.0;
    int64_t n = t->n_numbers++;
    int fraction = odd;
    for (int64_t i = digits_at; i < end && !fraction; i++) fraction = !IS(s->d[i], DIGIT) && s->d[i] != ',';
    if (odd || !decimal(s->d, begin, end, &v)) {
        if (!grow((void **)&t->slow, 8, t->n_slow + 1, &t->cap_slow)) s->failed = 1;
        else t->slow[t->n_slow++] = n;
    }
    t->value[n] = v, t->begin[n] = (int32_t)begin, t->end[n] = (int32_t)end, t->fraction[n] = (unsigned char)fraction;
    put(t, NUMBER);
}

static inline unsigned char at(const Scan *s, int64_t i) { return i >= 0 && i < s->size ? s->d[i] : '\n'; }

/* Whether nan or inf at i stands where a value stands: behind a separator and at most four blanks. */
static int behind(const Scan *s, int64_t i) {
    for (int n = 0; n <= 4; n++) {
        unsigned char c = at(s, i - 1 - n);
        if (IS(c, BEFORE)) return 1;
        if (!IS(c, BLANK)) return 0;
    }
    return 0;
}

static int same(const Scan *s, int64_t i, const char *word, int n) {
    for (int k = 0; k < n; k++) if ((at(s, i + k) | 32) != (unsigned char)word[k]) return 0;
    return 1;
}

/* The end of nan, inf or infinity at i, 0 for none; `from` is where the number began (its sign). */
static int64_t nonfinite(const Scan *s, int64_t i, int64_t from) {
    unsigned char c = at(s, i) | 32;
    int n = 0;
    if (c == 'n' && same(s, i, "nan", 3)) n = 3;
    else if (c == 'i' && same(s, i, "infinity", 8) && !IS(at(s, i + 8), WORD)) n = 8;
    else if (c == 'i' && same(s, i, "inf", 3)) n = 3;
    else return 0;
    unsigned char after = at(s, i + n), then = at(s, i + n + 1);
    if (IS(after, WORD)) return 0;
    if ((after == '-' || after == '.') && IS(then, LETTER) && then != '_') return 0;
    if (behind(s, from)) return i + n;
    int64_t j = i + n;
    while (IS(at(s, j), BLANK)) j++;
    unsigned char next = at(s, j);
    return j > i + n && IS(next, LETTER) && next != '_' ? 0 : i + n;
}

/* The end of digits with thousands commas at i, 0 for none. */
static int64_t thousands(const Scan *s, int64_t i, int64_t from) {
    unsigned char c = at(s, i), p = at(s, from - 1);
    if (c < '1' || c > '9' || !(from == s->line_start || IS(p, BLANK | CUT) || p == '=' || p == '$')) return 0;
    int64_t j = i + 1;
    while (j < i + 3 && IS(at(s, j), DIGIT)) j++;
    int64_t k = j;
    while (at(s, k) == ',' && IS(at(s, k + 1), DIGIT) && IS(at(s, k + 2), DIGIT) && IS(at(s, k + 3), DIGIT)) k += 4;
    if (k == j || IS(at(s, k), DIGIT) || (at(s, k) == ',' && IS(at(s, k + 1), DIGIT))) return 0;
    if (at(s, k) == '.' && IS(at(s, k + 1), DIGIT)) for (k++; IS(at(s, k), DIGIT); k++) {}
    return k;
}

/* The end of a plain number at i, 0 for none. */
static int64_t plain(const Scan *s, int64_t i) {
    int64_t j = i;
    while (IS(at(s, j), DIGIT)) j++;
    int point = at(s, j) == '.' && IS(at(s, j + 1), DIGIT);
    if (point) for (j++; IS(at(s, j), DIGIT); j++) {}
    if (j == i) return 0;
    if ((at(s, j) | 32) == 'e' || (at(s, j) == 'f' && point)) {
        int64_t k = j + 1;
        if (at(s, k) == '-' || at(s, k) == '+') k++;
        if (IS(at(s, k), DIGIT)) {
            while (IS(at(s, k), DIGIT)) k++;
            if (!IS(at(s, k), WORD)) j = k;
        }
    }
    return j;
}

/* Whether the T at i parts a date from a time: 2026-11-25T10:00. */
static int after_date(const Scan *s, int64_t i) {
    return at(s, i) == 'T' && IS(at(s, i - 1), DIGIT) && IS(at(s, i - 2), DIGIT) && at(s, i - 3) == '-' &&
           IS(at(s, i + 1), DIGIT) && IS(at(s, i + 2), DIGIT) && at(s, i + 3) == ':';
}

/* Whether a word that ends before the dash at i - 1 begins with a letter: mAP50-95, Top-1, not 0-95. */
static int named(const Scan *s, int64_t i) {
    if (IS(at(s, i - 2), LETTER)) return 1;
    int64_t k = i - 2;
    while (k > i - 2 - NAME_MOST && IS(at(s, k), WORD)) k--;
    return k < i - 2 && !IS(at(s, k), WORD) && IS(at(s, k + 1), LETTER);
}

static int counts(const unsigned char *d, int64_t i, int64_t digits);

/* Whether a word that counts ends before the dot at i - 1: Ep.3, iter.100. */
static int counted(const Scan *s, int64_t i) {
    int64_t k = i - 1;
    while (k > i - 15 && IS(at(s, k - 1), WORD)) k--;
    return !IS(at(s, k - 1), WORD) && at(s, i - 2) != '_' && counts(s->d, k, i - 1);
}

/* Whether digits (or a word that is a number) at i belong to no word before them. */
static int is_free(const Scan *s, int64_t i) {
    unsigned char p = at(s, i - 1), pp = at(s, i - 2);
    if (p == 'T' && after_date(s, i - 1)) return 1;
    if (IS(p, WORD)) return 0;
    if (p == '.' && IS(pp, WORD)) return counted(s, i);
    if (p == '-' && named(s, i)) {
        int64_t j = i;
        while (IS(at(s, j), DIGIT)) j++;
        return at(s, j) == '.' && IS(at(s, j + 1), DIGIT);
    }
    return 1;
}

typedef struct { int64_t digits, end, stop; int kind, odd; } Found;

/* The number that begins at i: its end, the end of all that hangs on it, and what it is; kind 0 for none. */
static Found find_number(const Scan *s, int64_t i) {
    Found f = {i, 0, 0, 0, 0};
    unsigned char c = at(s, i);
    int is_sign = c == '-' || c == '+';
    if (is_sign) {
        unsigned char p = at(s, i - 1);
        if (IS(p, WORD) || p == ')' || p == ']' || p == '%' || p == '.') return f;
        f.digits = i + 1;
    } else if (!is_free(s, i)) {
        return f;
    }
    int64_t end = thousands(s, f.digits, i);
    if (!end && (end = nonfinite(s, f.digits, i)) != 0) f.odd = 1;
    if (!end) end = plain(s, f.digits);
    if (!end) return f;
    f.end = end, f.kind = NUMBER;
    int64_t j = end;
    while (at(s, j) == '.' && IS(at(s, j + 1), DIGIT)) for (j++; IS(at(s, j), DIGIT); j++) {}
    if (j > end) {
        while (IS(at(s, j), WORD)) j++;
        f.kind = DOTTED, f.stop = j;
        return f;
    }
    int digit = 0;
    if (!after_date(s, j)) for (; IS(at(s, j), WORD); j++) digit |= IS(at(s, j), DIGIT);
    if (digit) f.kind = IDENTITY, f.stop = j;
    else f.stop = end;
    return f;
}

static int starts_number(unsigned char c) {
    return IS(c, DIGIT) || c == '-' || c == '+' || c == '.' || (c | 32) == 'n' || (c | 32) == 'i';
}

static void put_found(Scan *s, int64_t i, Found f) {
    if (f.kind == NUMBER) number(s, i, f.end, f.odd, f.digits);
    else put(s->t, (unsigned char)f.kind);
}

/* Whether the word before the digits, at d[i..digits), is one that counts (an underscore behind it does not matter). */
static int counts(const unsigned char *d, int64_t i, int64_t digits) {
    char low[16];
    int64_t n = digits - i - (d[digits - 1] == '_');
    if (n < 2 || n > 12) return 0;
    for (int64_t k = 0; k < n; k++) low[k] = (char)(d[i + k] >= 'A' && d[i + k] <= 'Z' ? d[i + k] | 32 : d[i + k]);
    low[n] = 0;
    for (const char *const *w = counting; *w; w++) if (!strcmp(low, *w)) return 1;
    return 0;
}

static int is_identity(const unsigned char *d, int64_t i, int64_t j) {
    int run = 0, hex = 1, digit = 0;
    for (int64_t k = i; k < j; k++) {
        if (IS(d[k], DIGIT)) {
            digit = 1;
            if (++run == 5) return 1;
        } else {
            run = 0;
            hex &= IS(d[k], HEX) != 0;
        }
    }
    return hex && digit && j - i >= 7;
}

/* A word at i, behind no other word; gives its end. */
static int64_t word(Scan *s, int64_t i) {
    const unsigned char *d = s->d;
    int64_t j = i + 1, last = i; /* last: behind the last letter */
    int digit = 0;
    for (; j < s->size && IS(d[j], WORD); j++) {
        if (IS(d[j], DIGIT)) digit = 1;
        else last = j;
    }
    unsigned char c = d[i] | 32;
    if ((c == 'n' || c == 'i') && !digit) {
        Found f = find_number(s, i);
        if (f.kind) {
            put_found(s, i, f);
            return f.stop;
        }
    }
    if (digit) {
        int64_t n = j - last - 1;
        if (n >= 1 && n <= 9 && counts(d, i, last + 1)) {
            put_run(s->t, d + i, last + 1 - i);
            number(s, last + 1, j, 0, last + 1);
            return j;
        }
        if (is_identity(d, i, j)) {
            put(s->t, IDENTITY);
            return j;
        }
    }
    for (int64_t k = i; k < j;) { /* four underscores are three */
        int64_t m = k;
        while (m < j && d[m] == '_') m++;
        if (m - k >= 4) put_run(s->t, d + k, 3), k = m;
        else if (m > k) put_run(s->t, d + k, m - k), k = m;
        else {
            while (m < j && d[m] != '_') m++;
            put_run(s->t, d + k, m - k), k = m;
        }
    }
    return j;
}

static int64_t blanks(Scan *s, int64_t i) {
    int64_t j = i;
    int tab = 0;
    for (; j < s->size && IS(s->d[j], BLANK); j++) tab |= s->d[j] == '\t';
    int is_number = j < s->size && starts_number(s->d[j]) && find_number(s, j).kind;
    if (s->t->key_len == 0) {
        if (!is_number) put(s->t, tab ? '\t' : ' ');
    } else if (tab || is_number || j - i == 1) {
        put(s->t, tab ? '\t' : ' ');
    } else {
        put(s->t, ' '), put(s->t, ' ');
    }
    return j;
}

static int glyph(const Scan *s, int64_t i) {
    unsigned char a = at(s, i + 1), b = at(s, i + 2);
    if (at(s, i) != 0xE2) return 0;
    return (a == 0x96 && b >= 0x80 && b <= 0x9F) || (a == 0x94 && b == 0x81) || (a == 0x95 && (b == 0xB8 || b == 0xBA));
}

static int64_t high(Scan *s, int64_t i) {
    const unsigned char *d = s->d;
    if (glyph(s, i)) {
        int64_t j = i + 3;
        for (;;) {
            int64_t k = j;
            while (at(s, k) == ' ') k++;
            if (!glyph(s, k)) {
                put(s->t, BAR);
                return k;
            }
            j = k + 3;
        }
    }
    unsigned char a = at(s, i + 1), b = at(s, i + 2);
    if (d[i] == 0xE2 && (a == 0x94 || a == 0x95) && b >= 0x80 && b <= 0xBF) {
        int64_t j = i + 3;
        while (j + 3 <= s->size && !memcmp(d + i, d + j, 3)) j += 3;
        if (j > i + 3) {
            put_run(s->t, d + i, 3);
            return j;
        }
    }
    put(s->t, d[i]);
    return i + 1;
}

/* Digits behind @ belong to the word: P@5, mAP@.5, mAP@0.5:0.95. */
static int64_t behind_at(Scan *s, int64_t i) {
    int64_t j = i + 1;
    if (i > 0 && IS(at(s, i - 1), WORD) && at(s, i - 1) != '_') {
        while (IS(at(s, j), DIGIT)) j++;
        if (at(s, j) == '.' && IS(at(s, j + 1), DIGIT)) for (j++; IS(at(s, j), DIGIT); j++) {}
        if (j > i + 1 && at(s, j) == ':') {
            int64_t k = j + 1 + (at(s, j + 1) == '0');
            if (at(s, k) == '.' && at(s, k + 1) == '9' && at(s, k + 2) == '5' && !IS(at(s, k + 3), DIGIT)) j = k + 3;
        }
    }
    put_run(s->t, s->d + i, j - i);
    return j;
}

/* The digits of a power stay with their letter: R^2. */
static int64_t power(Scan *s, int64_t i) {
    int64_t j = i + 1;
    if (i > 0 && IS(at(s, i - 1), LETTER) && at(s, i - 1) != '_') {
        while (IS(at(s, j), DIGIT)) j++;
        if (j > i + 3 || IS(at(s, j), WORD) || at(s, j) == '.') j = i + 1;
    }
    put_run(s->t, s->d + i, j - i);
    return j;
}

static int64_t mark(Scan *s, int64_t i) {
    int64_t j = i;
    unsigned char c = s->d[i];
    while (j < s->size && s->d[j] == c) j++;
    if (j - i < 4) {
        put(s->t, c);
        return i + 1;
    }
    put(s->t, c), put(s->t, c), put(s->t, c);
    return j;
}

static int64_t step(Scan *s, int64_t i) {
    unsigned char c = s->d[i], k = cls[c];
    if ((k & LETTER) && !IS(at(s, i - 1), WORD)) return word(s, i);
    if (k & BLANK) return blanks(s, i);
    if ((k & DIGIT) || c == '-' || c == '+' || c == '.') {
        Found f = find_number(s, i);
        if (f.kind) {
            put_found(s, i, f);
            return f.stop;
        }
    }
    if (k & MARK) return mark(s, i);
    if (c == '@') return behind_at(s, i);
    if (c == '^') return power(s, i);
    if (c == 0xE2) return high(s, i);
    put(s->t, c);
    return i + 1;
}

static void close_frame(Scan *s, int64_t stop, int64_t line, int64_t first) {
    Table *t = s->t;
    int64_t n = t->key_len;
    if (n <= MOST_KEY) while (n && IS(t->key[n - 1], BLANK)) n--;
    else n = MOST_KEY;
    t->key_len = 0;
    if (!n) return;
    int64_t shape = shape_of(t, t->key, n);
    if (shape < 0 || !grow((void **)&t->frames, sizeof(Frame), t->n_frames, &t->cap_frames)) {
        s->failed = 1;
        return;
    }
    t->frames[t->n_frames++] = (Frame){s->line_start, stop, line, shape, first};
}

static int scan_all(Table *t, const unsigned char *d, int64_t size) {
    Scan s = {t, d, size, 0, 0};
    int64_t i = 0, line = 0, first = 0;
    t->n_frames = t->n_numbers = t->n_slow = t->key_len = 0;
    while (i < size && !s.failed) {
        if (!IS(d[i], CUT)) {
            i = step(&s, i);
            continue;
        }
        close_frame(&s, i, line, first);
        for (; i < size && IS(d[i], CUT); i++) line += d[i] == '\n';
        s.line_start = i, first = t->n_numbers;
    }
    if (!s.failed) close_frame(&s, size, line, first);
    return !s.failed;
}

/* ---- Python */

static PyObject *column(const void *p, int64_t n, size_t size) {
    return PyByteArray_FromStringAndSize(p, (Py_ssize_t)((size_t)n * size));
}

static PyObject *new_keys(Table *t) {
    PyObject *list = PyList_New((Py_ssize_t)(t->keys - t->told));
    for (int64_t k = t->told; list && k < t->keys; k++) {
        PyObject *key = PyBytes_FromStringAndSize((char *)t->arena + t->offset[k], (Py_ssize_t)(t->offset[k + 1] - t->offset[k]));
        if (!key) Py_CLEAR(list);
        else PyList_SET_ITEM(list, k - t->told, key);
    }
    if (list) t->told = t->keys;
    return list;
}

/* scan(data) -> (frames int64[n, 5], value float64[m], begin int32[m], end int32[m], fraction u8[m], slow int64[], new keys) */
static PyObject *Table_scan(Table *t, PyObject *arg) {
    Py_buffer b;
    if (PyObject_GetBuffer(arg, &b, PyBUF_SIMPLE)) return NULL;
    if (t->busy || b.len > INT32_MAX) {
        PyBuffer_Release(&b);
        PyErr_SetString(PyExc_ValueError, t->busy ? "the table is scanning in another thread" : "a block of 2 GiB or more");
        return NULL;
    }
    int ok;
    t->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    ok = scan_all(t, b.buf, b.len);
    Py_END_ALLOW_THREADS
    t->busy = 0;
    PyBuffer_Release(&b);
    if (!ok) return PyErr_NoMemory();
    return Py_BuildValue("(NNNNNNN)", column(t->frames, t->n_frames, sizeof(Frame)), column(t->value, t->n_numbers, 8),
        column(t->begin, t->n_numbers, 4), column(t->end, t->n_numbers, 4), column(t->fraction, t->n_numbers, 1),
        column(t->slow, t->n_slow, 8), new_keys(t));
}

static PyObject *Table_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    long long most_keys = 1 << 20, most_bytes = 128 << 20;
    static char *names[] = {"most_keys", "most_bytes", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|LL", names, &most_keys, &most_bytes)) return NULL;
    Table *t = (Table *)type->tp_alloc(type, 0);
    if (!t) return NULL;
    t->most_keys = most_keys, t->most_bytes = most_bytes, t->overflow = -1;
    t->key = malloc(MOST_KEY);
    if (!t->key) {
        Py_DECREF(t);
        return PyErr_NoMemory();
    }
    return (PyObject *)t;
}

static void Table_dealloc(Table *t) {
    free(t->arena), free(t->offset), free(t->hash), free(t->slot), free(t->frames), free(t->value), free(t->begin);
    free(t->end), free(t->fraction), free(t->slow), free(t->key);
    Py_TYPE(t)->tp_free((PyObject *)t);
}

static PyMethodDef table_methods[] = {
    {"scan", (PyCFunction)Table_scan, METH_O, "Scan a block of whole lines."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject TableType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "runlift.wire._lines.Table",
    .tp_basicsize = sizeof(Table),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "The distinct line shapes of one text.",
    .tp_new = Table_new,
    .tp_dealloc = (destructor)Table_dealloc,
    .tp_methods = table_methods,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_lines", "Line shapes and columns of numbers.", -1, NULL};

PyMODINIT_FUNC PyInit__lines(void) {
    make_classes();
    if (PyType_Ready(&TableType)) return NULL;
    PyObject *m = PyModule_Create(&module);
    if (m && PyModule_AddObjectRef(m, "Table", (PyObject *)&TableType)) Py_CLEAR(m);
    return m;
}
