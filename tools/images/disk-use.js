/** @typedef {import('dockerode')} Docker */
/** @typedef {{Id: string, Created: number, CreatedBy: string, Size: number}} HistoryEntry */

/**
 * Measures the disk space of images. Images share layers, so the sum of their sizes would be too large.
 * @param {Docker} docker
 * @param {string[]} tags
 * @returns {Promise<ReturnType<typeof addLayers>>}
 */
export async function diskUse (docker, tags) {
  /** @type {Map<string, HistoryEntry[]>} */
  const histories = new Map()
  for (const tag of tags) histories.set(tag, await docker.getImage(tag).history())
  return addLayers(histories)
}

/**
 * @param {Map<string, HistoryEntry[]>} histories the history of each image, by tag
 * @returns {{total: number, own: Map<string, number>}} `total`: bytes of all layers, each counted once; `own`: bytes of the layers that only this image has, by tag
 */
export function addLayers (histories) {
  /** @type {Map<string, {bytes: number, images: Set<string>}>} */
  const layers = new Map()
  for (const [image, history] of histories) {
    for (const { Id, Created, CreatedBy, Size } of history) {
      // The engine records IDs only for layers that it built itself.
      const key = Id === '<missing>' || Id === '' ? `${Created} ${CreatedBy}` : Id
      const layer = layers.get(key) ?? { bytes: Size, images: new Set() }
      layer.images.add(image)
      layers.set(key, layer)
    }
  }
  const own = new Map([...histories.keys()].map((image) => [image, 0]))
  let total = 0
  for (const { bytes, images } of layers.values()) {
    total += bytes
    const [image] = images
    if (images.size === 1 && image !== undefined) own.set(image, (own.get(image) ?? 0) + bytes)
  }
  return { total, own }
}
