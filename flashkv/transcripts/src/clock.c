/* A clock for redis-server that the test sets: preloaded, it answers gettimeofday with the 64-bit number of
 * microseconds at the start of the file that FLASHKV_TEST_CLOCK names. Redis takes the time of day (deadlines,
 * TIME, TTL) from gettimeofday and drives its event loop by the monotonic clock, which stays as it is. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>

static const volatile int64_t *micros;

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("FLASHKV_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *micros, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        perror("FLASHKV_TEST_CLOCK");
        exit(97);
    }
    micros = page;
    /* A test that is killed runs no destructors: the server must not outlive the thread that started it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    int64_t value = *micros;
    now->tv_sec = value / 1000000;
    now->tv_usec = value % 1000000;
    return 0;
}
