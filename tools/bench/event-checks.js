// Checks of streamed runs: how soon events arrive, and that a slow client does not delay a program.
import { setTimeout as sleep } from 'node:timers/promises'

import { BenchService, readyContainers } from './bench-service.js'
import { summarize } from './statistics.js'

const ROUNDS = 30
/** Pause between two measurements, in milliseconds. The service removes the container and refills the pool after each result. */
const SETTLE_MS = 150
/** The longest accepted time from a program's write to the arrival of the event at the client, in milliseconds. */
const EVENT_MS = 20
const SLOW_ROUNDS = 15
/** The slow client reads at this rate, and for longer than the program runs. Then it reads the rest without a limit. */
const SLOW_CLIENT = { bytesPerSecond: 1000, slowMs: 3000 }
/** A program that computes and writes 4 MiB. The kernel's buffers are too small for all of its events. */
const WRITER = { files: [{ name: 'main.py', content: 'for i in range(64):\n    print("x" * 65535, flush=True)\n    sum(range(100_000))' }] }
const WRITER_OUTPUT_BYTES = 8 * 2 ** 20
const PYTHON = 'runonce/python:latest'

const PYTHON_CLOCK = { files: [{ name: 'main.py', content: 'import time\nprint(time.time(), flush=True)\ntime.sleep(.1)' }] }
const C_CLOCK = {
  files: [{
    name: 'main.c',
    content: `#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); printf("%ld.%09ld\\n", t.tv_sec, t.tv_nsec); fflush(stdout); usleep(100000); }`
  }]
}

/**
 * Measures the time from a write of a program to the arrival of the event. The program writes the time of the host's clock in seconds.
 * @param {string} socketPath
 * @returns {Promise<number[]>} the median for Python and for C, divided by the longest accepted time
 */
export async function eventRatios (socketPath) {
  const service = await BenchService.start(socketPath, { POOL_IMAGES: PYTHON, POOL_MIN: '1', POOL_MAX: '2' })
  const delayMs = async (/** @type {string} */ image, /** @type {object} */ payload) => {
    const { text, arrivedAtMs } = await service.firstOutput(image, payload)
    return arrivedAtMs - Number(text) * 1000
  }
  /** @type {Record<'python' | 'c', number[]>} */
  const delays = { python: [], c: [] }
  for (let round = 0; round < ROUNDS; round++) {
    await readyContainers(service, 1)
    await sleep(SETTLE_MS)
    delays.python.push(await delayMs(PYTHON, PYTHON_CLOCK))
    delays.c.push(await delayMs('runonce/c:latest', C_CLOCK))
  }
  await service.stop()
  return [summarize(delays.python).p50 / EVENT_MS, summarize(delays.c).p50 / EVENT_MS]
}

/** Measures the duration in the result of a program, alternating between a slow and a fast client.
 * @param {string} socketPath
 * @returns {Promise<number>} the ratio of the medians
 */
export async function slowClientRatio (socketPath) {
  const service = await BenchService.start(socketPath, { POOL_IMAGES: PYTHON, POOL_MIN: '1', POOL_MAX: '2', RUN_MAX_OUTPUT_SIZE: String(WRITER_OUTPUT_BYTES) })
  /** @type {Record<'slow' | 'fast', number[]>} */
  const durations = { slow: [], fast: [] }
  for (let round = 0; round < SLOW_ROUNDS; round++) {
    for (const client of /** @type {const} */ (['slow', 'fast'])) {
      await readyContainers(service, 1)
      await sleep(SETTLE_MS)
      durations[client].push(await service.streamedDuration(PYTHON, WRITER, client === 'slow' ? SLOW_CLIENT : undefined))
    }
  }
  await service.stop()
  return summarize(durations.slow).p50 / summarize(durations.fast).p50
}
