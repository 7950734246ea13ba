import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { freePort, send } from '../engine/http-client.js'
import { until } from './machine.js'
import type { Test } from './run-engine.js'

/** A time series with its newest value, which is a number as text. */
export interface Sample { metric: Record<string, string>, value: [seconds: number, value: string] }

const FOLDER = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url))
/** Time for which the condition of an alert must apply before the alert fires. */
const FOR = '3s'

/** A Prometheus server that scrapes machines. */
export class Prometheus {
  private constructor (private readonly url: string) {}

  /**
   * Starts Prometheus and stops it after the test. Uses the deployed configuration and alerts, except that it scrapes these machines and
   * evaluates the alerts each second, and that alerts fire after seconds instead of minutes.
   */
  static async start (t: Test, machines: ReadonlyArray<{ address: string }>): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'runonce-prometheus-'))
    writeFileSync(join(folder, 'alerts.yml'), replace('alerts.yml', / for: \d+m$/mg, ` for: ${FOR}`))
    writeFileSync(join(folder, 'prometheus.yml'), configurationFor(machines))
    const port = await freePort()
    const child = spawn('prometheus', [
      `--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'
    ], { stdio: ['ignore', 'ignore', 'inherit'] })
    const exited = once(child, 'exit')
    t.teardown(async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true })
    })
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`)
    await until(async () => (await prometheus.#get('/-/ready').catch(() => undefined))?.status === 200, 'Prometheus to be ready')
    return prometheus
  }

  /** Evaluates an expression. @throws Error if it is not valid */
  async query (expression: string): Promise<Sample[]> {
    const { status, body } = await this.#get(`/api/v1/query?${new URLSearchParams({ query: expression })}`)
    if (status !== 200) throw new Error(`${expression}: ${JSON.stringify(body)}`)
    return body.data.result
  }

  /** Returns the value of an expression with one time series, or NaN if there is none. */
  async value (expression: string): Promise<number> {
    const [sample] = await this.query(expression)
    return Number(sample?.value[1])
  }

  /** Returns the alerts that fire, each with the machine or the token that it concerns. */
  async firing (): Promise<string[]> {
    const alerts = await this.query('ALERTS{alertstate="firing"}')
    return alerts.map(({ metric: { alertname = '', instance, token = '' } }) => `${alertname} ${instance ?? token}`)
  }

  async #get (path: string) {
    return await send(this.url + path, { method: 'GET', headers: {} })
  }
}

function configurationFor (machines: ReadonlyArray<{ address: string }>): string {
  const targets = machines.map(({ address }) => `          - ${address}`).join('\n')
  return replace('prometheus.yml', /( +- 10\.0\.0\.1\d:8088\n?)+/, `${targets}\n`).replaceAll('15s', '1s')
}

/** Returns a deployed file with a replacement. @throws Error if there is nothing to replace */
function replace (file: string, from: RegExp, to: string): string {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  const replaced = text.replace(from, to)
  if (replaced === text) throw new Error(`${file} no longer matches ${from}`)
  return replaced
}
