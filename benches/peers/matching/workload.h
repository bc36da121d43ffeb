/* What the peers written in C and C++ share: the files of `wardwatch bench export`, a stopwatch,
 * and the way all are asked and checked. Whatever goes wrong ends the program with a sentence.
 *
 * A peer is asked as `wardwatch bench match` asks: one point after the other, on one thread, the
 * ids of the areas that hold it put into a list that is used again. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Ids of areas. */
struct ids {
    uint32_t *at;
    size_t count, room;
};

struct workload {
    const char *dir;
    size_t areas, points;
    double *lon, *lat;
    struct ids *answers;
};

/* Puts the ids of the areas that hold the point into an empty list. */
typedef void ask_fn(void *peer, double lon, double lat, struct ids *found);

/* What was measured, to be printed by `print_figures`. */
struct figures {
    size_t points, matches, disagreements;
    double points_per_s, build_s, memory_mb;
};

static inline void stop(const char *sentence, ...) {
    va_list rest;
    va_start(rest, sentence);
    vfprintf(stderr, sentence, rest);
    va_end(rest);
    fputc('\n', stderr);
    exit(1);
}

static inline void *grown(void *old, size_t bytes) {
    void *memory = realloc(old, bytes);
    if (!memory) stop("there is no memory for %zu bytes; measure fewer areas", bytes);
    return memory;
}

static inline void add_id(struct ids *list, uint32_t id) {
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 16;
        list->at = (uint32_t *)grown(list->at, list->room * sizeof *list->at);
    }
    list->at[list->count++] = id;
}

static inline FILE *open_file(const char *dir, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "r");
    if (!file) stop("%s cannot be read; write it with: wardwatch bench export %s", path, dir);
    return file;
}

static inline void read_points(struct workload *city) {
    FILE *file = open_file(city->dir, "points.csv");
    char *line = NULL;
    size_t room = 0, most = 0;
    if (getline(&line, &room, file) < 0) stop("points.csv is empty");
    while (getline(&line, &room, file) > 0) {
        if (city->points == most) {
            most = most ? 2 * most : 1024;
            city->lon = (double *)grown(city->lon, most * sizeof(double));
            city->lat = (double *)grown(city->lat, most * sizeof(double));
        }
        double *lon = &city->lon[city->points], *lat = &city->lat[city->points];
        if (sscanf(line, "%*u,%lf,%lf", lon, lat) != 2) stop("points.csv: no point in: %s", line);
        city->points++;
    }
    free(line);
    fclose(file);
    if (!city->points) stop("points.csv has no points");
}

static inline void read_answers(struct workload *city) {
    FILE *file = open_file(city->dir, "answers.txt");
    char *line = NULL;
    size_t room = 0;
    city->answers = (struct ids *)grown(NULL, city->points * sizeof *city->answers);
    for (size_t point = 0; point < city->points; point++) {
        struct ids *answer = &city->answers[point];
        memset(answer, 0, sizeof *answer);
        if (getline(&line, &room, file) < 0) stop("answers.txt ends before points.csv does");
        char *rest = line, *end;
        for (;; rest = end) {
            unsigned long id = strtoul(rest, &end, 10);
            if (end == rest) break;
            add_id(answer, (uint32_t)id);
        }
    }
    free(line);
    fclose(file);
}

/* Calls `area` with the hexadecimal WKB of each area in turn; their ids count up from 0. */
static inline void read_areas(struct workload *city, void (*area)(void *peer, const char *hex),
                              void *peer) {
    FILE *file = open_file(city->dir, "areas.tsv");
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        char *hex = strchr(line, '\t');
        if (!hex || strtoul(line, NULL, 10) != city->areas) stop("areas.tsv: no area in: %s", line);
        hex[strcspn(hex, "\n")] = '\0';
        area(peer, hex + 1);
        city->areas++;
    }
    free(line);
    fclose(file);
}

static inline double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The time this thread ran on a processor. */
static inline double thread_s(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }
/* The time that passed: what builds are told in, as `bench match` does. */
static inline double wall_s(void) { return seconds(CLOCK_MONOTONIC); }

/* The memory this process holds now. */
static inline double resident_mb(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    double kilobytes = 0;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %lf", &kilobytes) == 1) break;
    if (status) fclose(status);
    return kilobytes * 1024 / 1e6;
}

static inline int by_id(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* How many ids are in one of the two lists only. */
static inline size_t differences(struct ids *found, const struct ids *answer) {
    size_t i = 0, j = 0, both = 0;
    if (found->count) qsort(found->at, found->count, sizeof *found->at, by_id);
    while (i < found->count && j < answer->count) {
        if (found->at[i] == answer->at[j])
            i++, j++, both++;
        else if (found->at[i] < answer->at[j])
            i++;
        else
            j++;
    }
    return found->count + answer->count - 2 * both;
}

/* Asks about every point, or as many as can be asked in 20 seconds, and compares the answers. */
static inline void check(const struct workload *city, ask_fn ask, void *peer, struct figures *all) {
    struct ids found = {NULL, 0, 0};
    double started = thread_s();
    while (all->points < city->points && thread_s() - started < 20) {
        found.count = 0;
        ask(peer, city->lon[all->points], city->lat[all->points], &found);
        all->matches += found.count;
        all->disagreements += differences(&found, &city->answers[all->points]);
        all->points++;
    }
    free(found.at);
}

static inline int by_speed(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The median of five runs of a second at least, round the points that were checked. */
static inline void time_runs(const struct workload *city, ask_fn ask, void *peer,
                             struct figures *all) {
    double speeds[5];
    struct ids found = {NULL, 0, 0};
    size_t point = 0;
    for (int run = 0; run < 5; run++) {
        size_t batch = 64;
        double took = 0;
        for (;; batch *= 2) {
            double started = thread_s();
            for (size_t nth = 0; nth < batch; nth++) {
                found.count = 0;
                ask(peer, city->lon[point], city->lat[point], &found);
                point = point + 1 < all->points ? point + 1 : 0;
            }
            took = thread_s() - started;
            if (took >= 1) break;
        }
        speeds[run] = (double)batch / took;
    }
    qsort(speeds, 5, sizeof *speeds, by_speed);
    all->points_per_s = speeds[2];
    free(found.at);
}

static inline void print_figures(const char *peer, const char *version,
                                 const struct workload *city, const struct figures *all,
                                 const char *note) {
    printf("{\"peer\":\"%s\",\"version\":\"%s\",\"areas\":%zu,\"points\":%zu,"
           "\"points_per_s\":%.1f,\"matches_per_s\":%.1f,\"build_s\":%.3f,\"memory_mb\":%.1f,"
           "\"disagreements\":%zu,\"note\":\"%s\"}\n",
           peer, version, city->areas, all->points, all->points_per_s,
           all->points_per_s * (double)all->matches / (double)all->points, all->build_s,
           all->memory_mb, all->disagreements, note);
}

#endif
