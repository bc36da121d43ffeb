import { PMTilesVectorSource } from 'ol-pmtiles';
import type { FeatureLike } from 'ol/Feature.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import { Fill, Stroke, Style, Text } from 'ol/style.js';
import { faint, onTheme, type Theme } from './theme.ts';

/** A city extract in Protomaps' layers, drawn quietly in the page's own colours and font. */
export function tiles(island: HTMLElement, url: string, attributions: string): VectorTileLayer {
  const source = new PMTilesVectorSource({ url: new URL(url, location.href).href, attributions });
  const layer = new VectorTileLayer({ source, declutter: true });
  onTheme(island, (theme) => layer.setStyle(look(theme)));
  return layer;
}

const ROADS: Record<string, number> = { highway: 4, major_road: 3, minor_road: 1.5, path: 0.75 };

function look(theme: Theme) {
  const fills: Record<string, Style> = {
    earth: new Style({ fill: new Fill({ color: theme.land }) }),
    water: new Style({ fill: new Fill({ color: faint(theme.area, 0.22) }), stroke: new Stroke({ color: faint(theme.area, 0.22), width: 1 }) }),
    buildings: new Style({ fill: new Fill({ color: faint(theme.ward, 0.12) }) }),
  };
  const park = new Style({ fill: new Fill({ color: faint(theme.ok, 0.12) }) });
  const roads = Object.fromEntries(Object.entries(ROADS).map(([kind, width]) =>
    [kind, new Style({ stroke: new Stroke({ color: faint(theme.ward, 0.38), width }) })]));
  const name = (text: string) => new Style({ text: new Text({
    text, placement: 'line', font: `500 11px ${theme.font}`, fill: new Fill({ color: theme.text }), stroke: new Stroke({ color: theme.land, width: 3 }),
  }) });
  return (feature: FeatureLike, resolution: number) => {
    const kind = String(feature.get('kind'));
    switch (feature.get('layer')) {
      case 'landuse': return /park|forest|wood|grass|cemetery|golf|nature/.test(kind) ? park : undefined;
      case 'roads': {
        const road = roads[kind];
        const label = feature.get('name') as string | undefined;
        return road && label && resolution < 5 ? [road, name(label)] : road;
      }
      default: return fills[String(feature.get('layer'))];
    }
  };
}
