/* The tags of one file: bytes to a small number and back, and what is known of each. Nothing here is freed before the end. */
#ifndef RUNLIFT_TAGS_H
#define RUNLIFT_TAGS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What a tag's metadata said that its tensors are. */
enum { KIND_UNKNOWN = 0, KIND_SCALAR = 1, KIND_OTHER = 2 };

typedef struct {
    char *text;
    uint64_t hash;
    uint32_t size;
    int32_t next;   /* the tag that followed last time: writers go round in one order */
    uint8_t kind, described;
    int64_t count;  /* points in this window */
} Tag;

typedef struct {
    Tag *all;
    int32_t n, cap, last;
    int32_t *slots; /* open addressing; -1 is free; a power of two, at most half full */
    uint32_t mask;
    uint64_t seed;  /* so that no file can be made whose tags all fall into one slot */
} Tags;

/* Grow an array that holds n of cap; 0 when memory ran out (the old array then stays). */
static int grow(void **items, size_t size, int64_t n, int64_t *cap) {
    if (n < *cap) return 1;
    int64_t wanted = *cap ? *cap * 2 : 256;
    void *more = realloc(*items, (size_t)wanted * size);
    if (!more) return 0;
    *items = more;
    *cap = wanted;
    return 1;
}

static uint64_t hash_bytes(uint64_t seed, const uint8_t *p, size_t n) {
    uint64_t h = seed ^ n;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t x;
        memcpy(&x, p, 8);
        h = (h ^ x) * 0xFF51AFD7ED558CCDull;
        h ^= h >> 32;
    }
    for (; n; p++, n--) h = (h ^ *p) * 0xFF51AFD7ED558CCDull;
    return h ^ (h >> 29);
}

static int tags_rehash(Tags *t) {
    uint32_t size = t->slots ? (t->mask + 1) * 2 : 512;
    int32_t *slots = malloc(size * sizeof *slots);
    if (!slots) return 0;
    memset(slots, 0xFF, size * sizeof *slots);
    for (int32_t i = 0; i < t->n; i++) {
        uint32_t at = (uint32_t)t->all[i].hash & (size - 1);
        while (slots[at] >= 0) at = (at + 1) & (size - 1);
        slots[at] = i;
    }
    free(t->slots);
    t->slots = slots;
    t->mask = size - 1;
    return 1;
}

static int32_t tags_add(Tags *t, const uint8_t *p, uint32_t n, uint64_t hash) {
    int64_t cap = t->cap;
    if (t->n == INT32_MAX || !grow((void **)&t->all, sizeof *t->all, t->n, &cap)) return -1;
    t->cap = (int32_t)cap;
    char *text = malloc(n ? n : 1);
    if (!text) return -1;
    if (n) memcpy(text, p, n);
    t->all[t->n] = (Tag){.text = text, .hash = hash, .size = n, .next = -1};
    return t->n++;
}

/* The number of a tag, made when it is new; -1 when memory ran out. */
static int32_t tags_find(Tags *t, const uint8_t *p, uint32_t n) {
    if (t->last >= 0) {
        int32_t guess = t->all[t->last].next;
        if (guess >= 0 && t->all[guess].size == n && !memcmp(t->all[guess].text, p, n)) return t->last = guess;
    }
    if ((!t->slots || (uint32_t)t->n * 2 > t->mask) && !tags_rehash(t)) return -1;
    uint64_t hash = hash_bytes(t->seed, p, n);
    uint32_t at = (uint32_t)hash & t->mask;
    int32_t id;
    while ((id = t->slots[at]) >= 0) {
        Tag *tag = &t->all[id];
        if (tag->hash == hash && tag->size == n && !memcmp(tag->text, p, n)) break;
        at = (at + 1) & t->mask;
    }
    if (id < 0) {
        if ((id = tags_add(t, p, n, hash)) < 0) return -1;
        t->slots[at] = id;
    }
    if (t->last >= 0) t->all[t->last].next = id;
    return t->last = id;
}

static void tags_free(Tags *t) {
    for (int32_t i = 0; i < t->n; i++) free(t->all[i].text);
    free(t->all);
    free(t->slots);
}

#endif
