/**
 * Returns the ratio of the last fifth of a series to the fifth that follows its warm-up, by their medians.
 * @param {number[]} values
 * @param {number} warmUp share of the values that are ignored
 */
export function growth (values, warmUp) {
  const [from, part] = [Math.floor(values.length * warmUp), Math.ceil(values.length / 5)]
  return median(values.slice(-part)) / median(values.slice(from, from + part))
}

/** @param {number[]} values */
export function median (values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
