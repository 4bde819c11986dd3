/* Loaded before the C library: calls that write below a folder fail at random, with a fixed seed, as a full or dying disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned long long state;
static long rate = -1;
static const char *under;

static void begin(void) {
    const char *seed = getenv("FAIL_SEED"), *often = getenv("FAIL_RATE");
    under = getenv("FAIL_UNDER");
    state = seed ? strtoull(seed, NULL, 10) * 2654435761ULL + 1 : 1;
    rate = often && under ? strtol(often, NULL, 10) : 0;
}

/* 0: goes well; 1: no space; 2: an error of the device; 3: half of it is written. One call in FAIL_RATE fails. */
static int fault(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % (unsigned long long)rate ? 0 : 1 + (int)(state / 977 % 3);
}

static int path_fails(const char *path) {
    if (rate < 0) begin();
    return rate && path && strncmp(path, under, strlen(under)) == 0 ? fault() : 0;
}

static int file_fails(int fd) {
    char link[64], path[4096];
    if (rate < 0) begin();
    if (!rate) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return path_fails(path);
}

static int failed(int how) {
    errno = how == 1 ? ENOSPC : EIO;
    return -1;
}

ssize_t write(int fd, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    int how = file_fails(fd);
    if (how == 3 && size > 1) return real(fd, data, size / 2);
    return how ? failed(how) : real(fd, data, size);
}

static ssize_t at(const char *name, int fd, const void *data, size_t size, off64_t where) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, name);
    int how = file_fails(fd);
    if (how == 3 && size > 1) return real(fd, data, size / 2, where);
    return how ? failed(how) : real(fd, data, size, where);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) { return at("pwrite64", fd, data, size, where); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t where) { return at("pwrite", fd, data, size, where); }

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    return file_fails(fd) ? failed(2) : real(fd);
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "rename");
    return path_fails(to) ? failed(2) : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    static int (*real)(const char *, mode_t);
    if (!real) real = dlsym(RTLD_NEXT, "mkdir");
    return path_fails(path) ? failed(1) : real(path, mode);
}
