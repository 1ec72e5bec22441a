// Where everything stands in the picture: three columns, a row for each client, lanes that share the height.

const MAX_CLIENTS = 16; // rows; of more, the picture says how many
export const MAX_LANES = 12;
const CLOSEST = 0.86; // of the usual distance in a queue: chips just do not overlap

/** The number of clients and lanes that are drawn. */
export function counts(picture) {
  return {
    clients: Math.min(picture.clients.length, MAX_CLIENTS),
    lanes: Math.min(picture.lanes.length, MAX_LANES),
  };
}

/** The places of a picture in a width in pixels; u is 1/16 rem in pixels. */
export function layout(picture, width, u) {
  const { pooled } = picture;
  const { clients, lanes } = counts(picture);
  const narrow = width < 640 * u;
  const left = narrow ? 112 * u : Math.min(300 * u, Math.max(272 * u, width * 0.28));
  const right = narrow ? 50 * u : Math.min(170 * u, width * 0.16);
  const top = 26 * u;
  const row = (clients <= 8 ? 36 : 30) * u;
  const more = picture.clients.length > clients || picture.lanes.length > lanes ? row : 0;
  const rows = Math.max(6, clients, lanes + (pooled ? 1 : 0));
  const height = top + rows * row + more;
  const gap = narrow ? 8 * u : 20 * u;
  const middle = { x: left + gap, width: width - left - right - 2 * gap };
  const share = pooled || picture.shared.length > 0 ? 1 : 0;
  const laneHeight = Math.min((lanes <= 2 ? 150 : 96) * u, (rows * row) / Math.max(1, lanes + share));
  const queue = pooled ? 0 : middle.width * (narrow ? 0.45 : 0.56);
  return {
    width,
    height,
    u,
    narrow,
    left,
    right,
    top,
    row,
    middle,
    laneHeight,
    queue,
    share,
    clients,
    lanes,
  };
}

/** Where the lane of this index begins; the shared queue, if it is drawn, is above the first one. */
export function laneTop(places, index) {
  return places.top + (index + places.share) * places.laneHeight;
}

/**
 * The places of n chips in a queue that ends at `right`: the head is nearest to it, and the others stand
 * behind, closer if they are many; those that still have no room are not placed.
 */
export function queuePlaces(n, { x, right, y, step }) {
  const close = Math.max(step * CLOSEST, Math.min(step, (right - x) / n));
  const room = Math.max(1, Math.floor((right - x) / close));
  return Array.from({ length: Math.min(n, room) }, (_, i) => ({ x: right - (i + 1) * close, y }));
}

/** The places of n chips on a workbench, row by row from its middle; those without room are not placed. */
export function benchPlaces(n, { x, right, y, height, step, line }) {
  const columns = Math.max(1, Math.floor((right - x) / step));
  const lines = Math.max(1, Math.floor(height / line));
  const count = Math.min(n, columns * lines);
  const used = Math.ceil(count / columns);
  return Array.from({ length: count }, (_, i) => ({
    x: x + (i % columns) * step,
    y: y + (Math.floor(i / columns) - (used - 1) / 2) * line,
  }));
}
