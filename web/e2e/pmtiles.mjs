// The smallest city in one file: one tile of the whole world, as PMTiles 3 and Mapbox Vector Tiles have it.
import { PbfWriter } from 'pbf';

/** A tile whose layers are each one square over all of it, with a `kind`. */
function tile(layers) {
  const pbf = new PbfWriter();
  for (const [name, kind] of Object.entries(layers)) {
    pbf.writeMessage(3, (_, layer) => {
      layer.writeVarintField(15, 2);
      layer.writeStringField(1, name);
      layer.writeMessage(2, (_, feature) => {
        feature.writePackedVarint(2, [0, 0]);
        feature.writeVarintField(3, 3);
        // Move to 0,0; three lines to the other corners; close.
        feature.writePackedVarint(4, [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]);
      });
      layer.writeStringField(3, 'kind');
      layer.writeMessage(4, (_, value) => value.writeStringField(1, kind));
      layer.writeVarintField(5, 4096);
    });
  }
  return Buffer.from(pbf.finish());
}

export function pmtiles(layers) {
  const data = tile(layers);
  const entry = new PbfWriter();
  // One entry: tile 0, a run of one, its length, its offset and one.
  for (const number of [1, 0, 1, data.length, 1]) entry.writeVarint(number);
  const directory = Buffer.from(entry.finish());
  const metadata = Buffer.from('{}');
  const header = Buffer.alloc(127);
  header.write('PMTiles');
  header[7] = 3;
  const afterDirectory = 127 + directory.length;
  const afterMetadata = afterDirectory + metadata.length;
  const places = [127, directory.length, afterDirectory, metadata.length, afterMetadata, 0, afterMetadata, data.length, 1, 1, 1];
  places.forEach((number, i) => header.writeBigUInt64LE(BigInt(number), 8 + 8 * i));
  header.set([1, 1, 1, 1, 0, 0], 96);
  [-1800000000, -850000000, 1800000000, 850000000].forEach((degrees, i) => header.writeInt32LE(degrees, 102 + 4 * i));
  return Buffer.concat([header, directory, metadata, data]);
}
