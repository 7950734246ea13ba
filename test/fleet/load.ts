import { once } from 'node:events'
import type https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

import { COMPLETED } from '../unit/fakes.js'
import type { LoadBalancer, Response } from './load-balancer.js'
import { runOf, type Machine } from './machine.js'

/** HAProxy limits the requests of each client address. */
const ADDRESSES = 20
const NONCE = /nonce-(\d+)-/

/** The response to a run, or the error of its connection as `text`. */
export interface Outcome extends Pick<Response, 'text' | 'headers'> {
  /** 0 if there was no response. */
  status: number
  ms: number
}

interface LoadOptions {
  count: number
  perSecond: number
}

/** Sends runs through HAProxy at a constant rate, whether or not earlier runs have ended. The clients reuse their connections. */
export class Load {
  readonly outcomes: Outcome[] = []
  /** Number of times that each program was started. */
  readonly executions = new Map<number, number>()
  readonly #counter = new EventTarget()
  sent = 0

  /** Sets the duration of runs, counts the programs that the machines start, and lets them print their number. */
  constructor (private readonly balancer: LoadBalancer, machines: readonly Machine[], runMs: number | ((nonce: number) => number)) {
    for (const { engine } of machines) {
      engine.runMs = typeof runMs === 'number' ? runMs : (payload) => runMs(nonceOf(payload))
      engine.onPayload = (payload) => { this.executions.set(nonceOf(payload), (this.executions.get(nonceOf(payload)) ?? 0) + 1) }
      engine.resultOf = (payload) => ({ ...COMPLETED, stdout: `${nonceOf(payload)}\n` })
    }
  }

  /** Resolves when all runs have ended. */
  async send ({ count, perSecond }: LoadOptions): Promise<void> {
    const agents = Array.from({ length: ADDRESSES }, (_, index) => this.balancer.agentFrom(`192.0.2.${index + 1}`, Infinity))
    const startedAt = performance.now()
    const requests: Array<Promise<void>> = []
    while (this.sent < count) {
      const nonce = this.sent++
      this.#counter.dispatchEvent(new Event('sent'))
      requests.push(this.#request(nonce, agents[nonce % ADDRESSES] as https.Agent))
      await sleep(Math.max(0, startedAt + this.sent * 1000 / perSecond - performance.now()))
    }
    await Promise.all(requests)
    for (const agent of agents) agent.destroy()
  }

  /** Resolves when this number of runs has been sent. */
  async untilSent (count: number): Promise<void> {
    while (this.sent < count) await once(this.#counter, 'sent')
  }

  /** Returns the outcomes that are neither the right result nor a refusal of an overloaded fleet. */
  unexpected (): Outcome[] {
    return this.outcomes.filter(({ status, text, headers }, nonce) => {
      if (status === 200) return JSON.parse(text).stdout !== `${nonce}\n`
      return status !== 503 || JSON.parse(text).error !== 'overloaded' || !/^\d+$/.test(headers['retry-after'] ?? '')
    })
  }

  with (status: number): Outcome[] {
    return this.outcomes.filter((outcome) => outcome.status === status)
  }

  async #request (nonce: number, agent: https.Agent): Promise<void> {
    const startedAt = performance.now()
    const { status, text, headers } = await this.balancer.request('/run', { method: 'POST', body: runOf(`echo nonce-${nonce}-`), agent })
      .catch((error: Error) => ({ status: 0, text: JSON.stringify(error.message), headers: {} }))
    this.outcomes[nonce] = { status, text, headers, ms: performance.now() - startedAt }
  }
}

function nonceOf (payload: string): number {
  return Number(NONCE.exec(payload)?.[1])
}
