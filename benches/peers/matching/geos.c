/* GEOS through its C API: an STRtree of the areas' boxes, and behind it `intersects` of the
 * prepared areas, as the documentation of GEOS recommends for many questions to one geometry.
 *
 *   geos DIR        DIR as `wardwatch bench export` writes it; prints one JSON object */
#include "workload.h"

#include <geos_c.h>

struct geos {
    GEOSContextHandle_t handle;
    GEOSWKBReader *reader;
    GEOSSTRtree *tree;
    GEOSGeometry **areas;
    const GEOSPreparedGeometry **prepared;
    size_t count, room;
};

/* A question on its way through the tree. */
struct question {
    struct geos *geos;
    double lon, lat;
    GEOSGeometry *point;
    struct ids *found;
};

static void complain(const char *message, void *unused) {
    (void)unused;
    fprintf(stderr, "GEOS: %s\n", message);
}

static void take_area(void *peer, const char *hex) {
    struct geos *geos = peer;
    if (geos->count == geos->room) {
        geos->room = geos->room ? 2 * geos->room : 1024;
        geos->areas = grown(geos->areas, geos->room * sizeof *geos->areas);
    }
    GEOSGeometry *area = GEOSWKBReader_readHEX_r(geos->handle, geos->reader,
                                                 (const unsigned char *)hex, strlen(hex));
    if (!area) stop("GEOS cannot read area %zu", geos->count);
    geos->areas[geos->count++] = area;
}

/* Called for each area whose box holds the point. */
static void candidate(void *item, void *asked) {
    struct question *question = asked;
    GEOSContextHandle_t handle = question->geos->handle;
    const GEOSPreparedGeometry *area = question->geos->prepared[(size_t)item];
#if GEOS_VERSION_MAJOR > 3 || GEOS_VERSION_MINOR >= 12
    char holds = GEOSPreparedIntersectsXY_r(handle, area, question->lon, question->lat);
#else
    char holds = GEOSPreparedIntersects_r(handle, area, question->point);
#endif
    if (holds == 2) stop("GEOS cannot tell whether area %zu holds a point", (size_t)item);
    if (holds) add_id(question->found, (uint32_t)(size_t)item);
}

static void areas_at(void *peer, double lon, double lat, struct ids *found) {
    struct geos *geos = peer;
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos->handle, lon, lat);
    struct question question = {geos, lon, lat, point, found};
    GEOSSTRtree_query_r(geos->handle, geos->tree, point, candidate, &question);
    GEOSGeom_destroy_r(geos->handle, point);
}

/* A prepared area prepares itself when it is first asked: asks it about a corner of its own. */
static void finish_preparation(struct geos *geos, size_t id) {
    GEOSContextHandle_t handle = geos->handle;
    const GEOSGeometry *outline = GEOSGetExteriorRing_r(handle, geos->areas[id]);
    GEOSGeometry *corner = outline ? GEOSGeomGetStartPoint_r(handle, outline) : NULL;
    if (!corner || GEOSPreparedIntersects_r(handle, geos->prepared[id], corner) != 1)
        stop("GEOS does not find area %zu at its own corner", id);
    GEOSGeom_destroy_r(handle, corner);
}

static void build(struct geos *geos) {
    geos->tree = GEOSSTRtree_create_r(geos->handle, 10);
    geos->prepared = grown(NULL, geos->count * sizeof *geos->prepared);
    for (size_t id = 0; id < geos->count; id++) {
        GEOSSTRtree_insert_r(geos->handle, geos->tree, geos->areas[id], (void *)id);
        geos->prepared[id] = GEOSPrepare_r(geos->handle, geos->areas[id]);
        finish_preparation(geos, id);
    }
    /* The tree sorts itself when it is first asked. */
    struct ids found = {NULL, 0, 0};
    areas_at(geos, 0, 0, &found);
    free(found.at);
}

int main(int count, char **words) {
    if (count != 2) stop("usage: geos DIR, a folder that `wardwatch bench export` wrote");
    struct workload city = {.dir = words[1]};
    struct figures all = {0};
    read_points(&city);
    read_answers(&city);

    struct geos geos = {.handle = GEOS_init_r()};
    GEOSContext_setErrorMessageHandler_r(geos.handle, complain, NULL);
    geos.reader = GEOSWKBReader_create_r(geos.handle);
    double before_mb = resident_mb(), started = 0;
    read_areas(&city, take_area, &geos);
    started = wall_s();
    build(&geos);
    all.build_s = wall_s() - started;
    check(&city, areas_at, &geos, &all);
    all.memory_mb = resident_mb() - before_mb;
    time_runs(&city, areas_at, &geos, &all);
    print_figures("geos", GEOSversion(), &city, &all,
                  "C API, STRtree of 10 and prepared intersects; thread processor time");
}
