import type { FeatureLike } from 'ol/Feature.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import MultiPolygon from 'ol/geom/MultiPolygon.js';
import type Point from 'ol/geom/Point.js';
import type Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { Fill, Stroke, Style, Text } from 'ol/style.js';
import { onTheme, type Theme } from './theme.ts';

/** The city's wards: its land, their lines, and in the middle of each its number, as on the maps that the server draws. */
export function wardLayers(island: HTMLElement): { below: VectorLayer[]; above: VectorLayer[] } {
  const { wards: url, basemap } = island.dataset;
  if (!url) return { below: [], above: [] };
  const source = new VectorSource({ url, format: new GeoJSON() });
  const land = new VectorLayer({ source, visible: !basemap });
  const lines = new VectorLayer({ source });
  const names = new VectorLayer({ source, declutter: true });
  onTheme(island, (theme) => {
    land.setStyle(new Style({ fill: new Fill({ color: theme.land }) }));
    lines.setStyle(new Style({ stroke: new Stroke({ color: theme.ward, width: 1.25 }) }));
    names.setStyle(nameStyle(theme));
  });
  return { below: [land, lines], above: [names] };
}

function nameStyle(theme: Theme) {
  const style = new Style({
    geometry: (feature) => inside(feature),
    text: new Text({ font: `650 13px ${theme.font}`, fill: new Fill({ color: theme.text }), stroke: new Stroke({ color: theme.land, width: 3.5 }), overflow: true }),
  });
  return (feature: FeatureLike) => {
    style.getText()!.setText(String(feature.getId() ?? feature.get('name') ?? ''));
    return style;
  };
}

/** A point that is surely within the ward, the largest piece of it. */
function inside(feature: FeatureLike): Point | undefined {
  const shape = feature.getGeometry() as MultiPolygon | Polygon | undefined;
  if (!shape) return undefined;
  const pieces = shape instanceof MultiPolygon ? shape.getPolygons() : [shape];
  return pieces.reduce((a, b) => (b.getArea() > a.getArea() ? b : a)).getInteriorPoint();
}
