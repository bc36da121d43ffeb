import Attribution from 'ol/control/Attribution.js';
import TileLayer from 'ol/layer/Tile.js';
import type OlMap from 'ol/Map.js';
import XYZ from 'ol/source/XYZ.js';

/**
 * What the operator has put beneath, if anything: `data-basemap` is `xyz` (raster tiles) or
 * `pmtiles` (vector tiles in one file), `data-basemap-url` where it is, and
 * `data-basemap-attribution` whose it is. Without one, no third party learns what is looked at.
 */
export function addBasemap(map: OlMap, island: HTMLElement): void {
  const { basemap, basemapUrl: url, basemapAttribution: attributions = '' } = island.dataset;
  if (!basemap || !url) return;
  map.addControl(new Attribution({ className: 'chart-credit', collapsible: false }));
  if (basemap === 'xyz') map.getLayers().insertAt(0, new TileLayer({ source: new XYZ({ url, attributions }) }));
  if (basemap === 'pmtiles') {
    import('./pmtiles.ts').then(({ tiles }) => map.getLayers().insertAt(0, tiles(island, url, attributions))).catch(console.error);
  }
}
