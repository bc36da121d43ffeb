// S2: a MutableS2ShapeIndex asked by S2ContainsPointQuery, the strongest ready-made index.
//
// Its areas are S2Polygons, as its documentation begins with, or "lax" polygons: plain lists of
// corners, which it answers from twice as fast.
//
// Not like for like: S2 works on the sphere, so edges are great circles, not straight in longitude
// and latitude, and of two areas that share a boundary a point on it is in one (its default,
// "semi-open"). Where that changes an answer, it counts as a disagreement.
//
//   s2 lax|polygon DIR        DIR as `wardwatch bench export` writes it; prints one JSON object
#include "workload.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <s2/mutable_s2shape_index.h>
#include <s2/s2contains_point_query.h>
#include <s2/s2latlng.h>
#include <s2/s2lax_polygon_shape.h>
#include <s2/s2loop.h>
#include <s2/s2polygon.h>

namespace {

// Reads hexadecimal little-endian WKB.
class WkbReader {
  public:
    explicit WkbReader(const char *hex) : next_(hex) {}

    template <typename T>
    T Take() {
        unsigned char bytes[sizeof(T)];
        for (unsigned char &byte : bytes) {
            byte = static_cast<unsigned char>(16 * Digit() + Digit());
        }
        T value;
        memcpy(&value, bytes, sizeof value);
        return value;
    }

  private:
    int Digit() {
        const char digit = *next_++;
        if (digit >= '0' && digit <= '9') return digit - '0';
        if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
        stop("areas.tsv: an area is not hexadecimal, or too short");
        return 0;
    }

    const char *next_;
};

S2Point OnSphere(double lon, double lat) { return S2LatLng::FromDegrees(lat, lon).ToPoint(); }

// A ring without its closing corner, turned so that the area lies to its left, as S2 wants it.
std::vector<S2Point> ReadLoop(WkbReader *wkb, bool hole) {
    const uint32_t corners = wkb->Take<uint32_t>();
    std::vector<S2Point> loop;
    double twice_area = 0, first_lon = 0, first_lat = 0, last_lon = 0, last_lat = 0;
    for (uint32_t nth = 0; nth < corners; ++nth) {
        const double lon = wkb->Take<double>(), lat = wkb->Take<double>();
        if (nth == 0) {
            first_lon = lon, first_lat = lat;
        } else {
            // About the first corner, so that no digits are lost.
            twice_area += (last_lon - first_lon) * (lat - first_lat) -
                          (lon - first_lon) * (last_lat - first_lat);
        }
        last_lon = lon, last_lat = lat;
        if (nth + 1 < corners) loop.push_back(OnSphere(lon, lat));
    }
    if ((twice_area > 0) == hole) std::reverse(loop.begin(), loop.end());
    return loop;
}

using Loops = std::vector<std::vector<S2Point>>;

std::unique_ptr<S2Shape> Lax(const Loops &loops) {
    return std::make_unique<S2LaxPolygonShape>(loops);
}

std::unique_ptr<S2Shape> Polygon(const Loops &corners) {
    std::vector<std::unique_ptr<S2Loop>> loops;
    for (const auto &ring : corners) loops.push_back(std::make_unique<S2Loop>(ring));
    auto polygon = std::make_unique<S2Polygon>();
    polygon->InitOriented(std::move(loops));
    return std::make_unique<S2Polygon::OwningShape>(std::move(polygon));
}

struct Shapes {
    std::unique_ptr<S2Shape> (*shape)(const Loops &);
    std::vector<std::unique_ptr<S2Shape>> all;
};

void TakeArea(void *peer, const char *hex) {
    WkbReader wkb(hex);
    if (wkb.Take<uint8_t>() != 1 || wkb.Take<uint32_t>() != 3) {
        stop("areas.tsv: an area is no little-endian Polygon");
    }
    Loops loops(wkb.Take<uint32_t>());
    for (size_t ring = 0; ring < loops.size(); ++ring) loops[ring] = ReadLoop(&wkb, ring > 0);
    auto *shapes = static_cast<Shapes *>(peer);
    shapes->all.push_back(shapes->shape(loops));
}

using Query = S2ContainsPointQuery<MutableS2ShapeIndex>;

void AreasAt(void *query, double lon, double lat, struct ids *found) {
    static_cast<Query *>(query)->VisitContainingShapes(OnSphere(lon, lat), [found](S2Shape *area) {
        add_id(found, static_cast<uint32_t>(area->id()));
        return true;
    });
}

}  // namespace

int main(int count, char **words) {
    const std::string kind = count == 3 ? words[1] : "";
    if (kind != "lax" && kind != "polygon") {
        stop("usage: s2 lax|polygon DIR, a folder that `wardwatch bench export` wrote");
    }
    struct workload city = {};
    struct figures all = {};
    city.dir = words[2];
    read_points(&city);
    read_answers(&city);

    Shapes shapes = {kind == "lax" ? Lax : Polygon, {}};
    const double before_mb = resident_mb();
    read_areas(&city, TakeArea, &shapes);
    const double started = wall_s();
    MutableS2ShapeIndex index;
    // They are numbered in the order in which they are added.
    for (auto &shape : shapes.all) index.Add(std::move(shape));
    index.ForceBuild();
    all.build_s = wall_s() - started;
    Query query(&index);
    check(&city, AreasAt, &query, &all);
    all.memory_mb = resident_mb() - before_mb;
    time_runs(&city, AreasAt, &query, &all);
    const std::string name = "s2-" + kind;
    const std::string note =
        "MutableS2ShapeIndex of " +
        std::string(kind == "lax" ? "S2LaxPolygonShape" : "S2Polygon::OwningShape") +
        " and S2ContainsPointQuery; thread processor time; edges are great circles and boundaries"
        " semi-open, which counts where it changes an answer";
    print_figures(name.c_str(), S2_VERSION, &city, &all, note.c_str());
}
