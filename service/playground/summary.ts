import type { RunResult } from '../protocol/result.js'

/** Returns the outcome and the measurements, for example `completed, time 8.4 ms, memory 9.4 MB`. */
export function summaryOf ({ outcome, error, duration, build, cpuTime, memoryPeak }: RunResult): string {
  const reason = error === '' ? '' : ` (${error})`
  return [
    `${(outcome ?? 'completed').replaceAll('_', ' ')}${reason}`,
    ...build === undefined ? [] : [`build ${milliseconds(build.duration)}`],
    ...duration === undefined ? [] : [`time ${milliseconds(duration)}`],
    ...cpuTime === undefined ? [] : [`CPU ${milliseconds(cpuTime)}`],
    ...typeof memoryPeak === 'number' ? [`memory ${(memoryPeak / 1e6).toFixed(1)} MB`] : []
  ].join(', ')
}

function milliseconds (nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(nanoseconds < 1e8 ? 1 : 0)} ms`
}
