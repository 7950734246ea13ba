import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t from 'tap'
import { parse } from 'yaml'

interface ComposeService {
  profiles: string[]
  command?: string
  environment?: Record<string, string>
  depends_on?: Record<string, unknown>
  networks?: { default: { aliases: string[] } }
  network_mode?: string
  ports?: string[]
  volumes: string[]
}

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url))
const read = (file: string) => parse(readFileSync(DEPLOY + file, 'utf8'), { merge: true })
const { services, volumes } = read('compose.yaml') as { services: Record<string, ComposeService>, volumes: Record<string, null> }
const serviceOf = (name: string) => services[name] as ComposeService

void t.test('each profile of the compose file has its services', async (t) => {
  const namesOf = (profile: string) => Object.keys(services).filter((name) => serviceOf(name).profiles.includes(profile))
  t.same(namesOf('single'), ['runonce'])
  t.same(namesOf('jobs'), ['runonce-jobs', 'valkey'])
  t.same(namesOf('monitoring'), ['prometheus', 'grafana'])
  t.equal(Object.keys(services).length, 5)
})

void t.test('ports are on the loopback address', async (t) => {
  for (const port of Object.values(services).flatMap(({ ports = [] }) => ports)) t.match(port, /^127\.0\.0\.1:(\d+):\1$/)
})

void t.test('mounted files and volumes exist', async (t) => {
  for (const mount of Object.values(services).flatMap((service) => service.volumes)) {
    const [source = ''] = mount.split(':')
    if (source.startsWith('/')) continue
    t.ok(source.startsWith('./') ? existsSync(DEPLOY + source) : Object.hasOwn(volumes, source), mount)
  }
})

void t.test('the profile jobs connects the service to a Valkey that loses no job', async (t) => {
  const { environment = {}, depends_on: dependencies } = serviceOf('runonce-jobs')
  t.equal(new URL(environment['REDIS_URL'] ?? '').hostname, 'valkey')
  t.same(Object.keys(dependencies ?? {}), ['valkey'])
  t.match(serviceOf('valkey').command, /--appendonly yes .*--maxmemory-policy noeviction/)
  const { REDIS_URL: _url, ...same } = environment
  t.same(same, serviceOf('runonce').environment, 'the other settings are those of the profile single')
})

void t.test('Prometheus scrapes the service of both profiles, and Grafana shows its data', async (t) => {
  const [file = ''] = /compose\.yml/.exec(serviceOf('prometheus').command ?? '') ?? []
  const { rule_files: rules, scrape_configs: [{ static_configs: [{ targets }] }] } = read(`prometheus/${file}`)
  t.ok(existsSync(`${DEPLOY}prometheus/${rules[0]}`))
  for (const name of ['runonce', 'runonce-jobs']) t.same(targets, serviceOf(name).networks?.default.aliases.map((alias) => `${alias}:8088`))
  t.equal(serviceOf('grafana').network_mode, 'service:prometheus')
  t.equal(read('grafana/provisioning/datasources/prometheus.yml').datasources[0].url, 'http://127.0.0.1:9090')
  const { path } = read('grafana/provisioning/dashboards/runonce.yml').providers[0].options
  t.ok(serviceOf('grafana').volumes.includes(`./grafana/dashboards:${path}:ro`))
})
