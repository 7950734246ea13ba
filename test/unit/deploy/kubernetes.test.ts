import { execFile } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'

import fastify from 'fastify'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'

import { readConfig } from '../../../service/config/config.js'
import { SETTINGS } from '../../../service/config/settings.js'
import { imageMatcher } from '../../../service/docker/image-names.js'
import { addHealthRoutes } from '../../../service/http/routes/health.js'
import { read, ROOT } from '../docs/pages.js'
import { stopSeconds } from './stop-time.js'

interface Container {
  name: string
  image: string
  args?: string[]
  command?: string[]
  env?: Array<{ name: string, value: string }>
  envFrom?: Array<{ configMapRef?: { name: string }, secretRef?: { name: string } }>
  ports?: Array<{ name: string, containerPort: number }>
  restartPolicy?: string
  securityContext?: Record<string, unknown>
  resources?: { limits: { memory: string } }
  volumeMounts?: Array<{ name: string, mountPath: string }>
  [probe: `${string}Probe`]: { httpGet: { path: string, port: string } }
}

interface Pod {
  terminationGracePeriodSeconds: number
  securityContext: Record<string, unknown>
  initContainers: Container[]
  containers: Container[]
  volumes: Array<{ name: string }>
}

const FOLDER = 'deploy/kubernetes'
const FILES = readdirSync(join(ROOT, FOLDER), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
const yaml = (file: string) => parse(read(`${FOLDER}/${file}`))
const podOf = (file: string): Pod => yaml(file).spec.template.spec
const IMAGE_COMPONENTS = ['images-from-registry', 'images-from-volume']
/** Time for the engine to stop after the service, in seconds: the default of dockerd's --shutdown-timeout. */
const ENGINE_STOP_SECONDS = 15

const settings = Object.fromEntries(read(`${FOLDER}/base/settings.env`).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
const config = readConfig({ ...settings, API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
const pod = podOf('base/deployment.yaml')
const service = pod.containers[0] as Container
const engine = pod.initContainers[0] as Container

void t.test('all YAML files are valid and belong to a kustomization, and all files in kustomizations exist', async (t) => {
  const named: string[] = []
  for (const file of FILES.filter((file) => file.endsWith('/kustomization.yaml'))) {
    const { resources = [], components = [], patches = [], configMapGenerator: maps = [] } = parse(read(file))
    const files = [...resources, ...components, ...patches.map(({ path }: { path: string }) => path),
      ...maps.flatMap((map: { envs?: string[], files?: string[] }) => [...map.envs ?? [], ...map.files ?? []])]
    named.push(file, ...files.map((path: string) => normalize(join(dirname(file), path))))
  }
  for (const path of named) t.ok(existsSync(join(ROOT, path)), path)
  t.same(FILES.filter((file) => !named.includes(file)), [])
  for (const file of FILES.filter((file) => file.endsWith('.yaml'))) t.same(parseAllDocuments(read(file)).flatMap(({ errors }) => errors), [], file)
})

void t.test('the service accepts the settings, and all settings in the files exist', async (t) => {
  t.same(config.warnings, [])
  const names = new Set<string>(SETTINGS.map(({ name }) => name))
  const used = FILES.flatMap((file) => read(file).match(/\b(SERVER|RUN|POOL|DOCKER_(CONTAINER|UNIX|IMAGE)|API|REDIS|JOBS|WEBHOOK|RATE_LIMIT)_[A-Z_]+\b/g) ?? [])
  t.ok(used.length > 10)
  t.same(used.filter((name) => !names.has(name)), [])
  for (const { name } of podOf('components/tokens-file/deployment.yaml').containers[0]?.env ?? []) t.ok(names.has(name), name)
})

void t.test('the settings come from the ConfigMap and the Secret', async (t) => {
  const [generated] = yaml('base/kustomization.yaml').configMapGenerator
  t.same(service.envFrom, [{ configMapRef: { name: generated.name } }, { secretRef: { name: 'runonce' } }])
  t.match(read('docs/operations.md'), 'create secret generic runonce --from-literal=API_ACCESS_TOKEN=')
})

void t.test('all files use the ports of the service', async (t) => {
  const ports = { http: config.listen.port, metrics: config.metrics.port }
  t.same(Object.fromEntries(service.ports?.map(({ name, containerPort }) => [name, containerPort]) ?? []), ports)
  const published: Array<{ name: string, port: number, targetPort: string }> = yaml('base/service.yaml').spec.ports
  t.same(published, Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name })))
  const { ingress } = yaml('base/network-policy.yaml').spec
  t.same(ingress.map((rule: { ports: object[] }) => rule.ports), [[{ port: 'http' }], [{ port: 'metrics' }]])
  const [endpoint] = yaml('components/service-monitor/service-monitor.yaml').spec.endpoints
  t.match(endpoint, { port: 'metrics', path: '/metrics' })
})

void t.test('the probes request routes of the service, and only the readiness depends on the engine', async (t) => {
  const app = fastify()
  t.teardown(async () => { await app.close() })
  addHealthRoutes(app, { engine: { ping: async () => {} } as never, readiness: {} as never })
  const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => service[name as 'startupProbe']?.httpGet)
  t.same(paths, ['/livez', '/livez', '/readyz'].map((path) => ({ path, port: 'http' })))
  for (const probe of paths) t.ok(app.hasRoute({ method: 'GET', url: probe?.path ?? '' }))
})

void t.test('the pod is not killed while the service finishes accepted runs and the engine stops', async (t) => {
  t.ok(config.stop.delaySeconds > 0)
  t.ok(pod.terminationGracePeriodSeconds > stopSeconds(config) + ENGINE_STOP_SECONDS)
  t.equal(engine.restartPolicy, 'Always', 'the engine is a sidecar container, which stops after the service')
})

void t.test('only the engine is privileged, and all other containers are hardened', async (t) => {
  const [, uid, gid] = /^USER (\d+):(\d+)$/m.exec(read('deploy/Dockerfile')) ?? []
  t.match(pod.securityContext, { runAsNonRoot: true, runAsUser: Number(uid), runAsGroup: Number(gid), seccompProfile: { type: 'RuntimeDefault' } })
  const others = [service, ...IMAGE_COMPONENTS.flatMap((name) => podOf(`components/${name}/deployment.yaml`).initContainers.slice(1))]
  t.equal(others.length, 3)
  for (const { name, securityContext } of others) {
    t.same(securityContext, { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }, name)
  }
  t.match(engine.securityContext, { privileged: true })
  t.match(yaml('base/namespace.yaml').metadata.labels, { 'pod-security.kubernetes.io/enforce': 'privileged' })
})

void t.test('the engine listens only on the socket that the service uses, with the group of the service', async (t) => {
  const { socketPath } = config.engine
  const hosts = engine.args?.filter((arg) => /^(-H|--host)/.test(arg))
  t.same(hosts, [`--host=unix://${socketPath}`])
  t.equal(engine.args?.[0], 'dockerd', 'otherwise, the entrypoint adds a TCP port')
  t.ok(engine.args?.includes(`--group=${String(pod.securityContext['runAsGroup'])}`))
  for (const name of IMAGE_COMPONENTS) {
    const [first, loader] = podOf(`components/${name}/deployment.yaml`).initContainers
    t.equal(first?.name, engine.name, 'the engine starts first')
    t.ok(loader?.env?.some((variable) => variable.name === 'DOCKER_HOST' && variable.value === `unix://${socketPath}`))
  }
  const folderOf = ({ volumeMounts = [] }: Container) => volumeMounts.find(({ name }) => name === 'engine-socket')?.mountPath
  t.same([engine, service].map(folderOf), [dirname(socketPath), dirname(socketPath)])
})

void t.test('the language images are pulled and tagged, or loaded from all archives', async (t) => {
  const folder = t.testdir({
    bin: {},
    'images.txt': 'registry/a:1 runonce/a:latest\nregistry/b:1 runonce/b:latest',
    'a.tar': '',
    'b.tar.gz': ''
  })
  writeFileSync(`${folder}/bin/docker`, '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
  const run = async (component: string) => {
    const [shell = '', flags = '', script = ''] = podOf(`components/${component}/deployment.yaml`).initContainers[1]?.command ?? []
    const { stdout } = await promisify(execFile)(shell, [flags, script.replaceAll(/\/(etc\/language-images|archives)\b/g, folder)], { env: { PATH: `${folder}/bin:${process.env['PATH']}` } })
    return stdout.replaceAll(`${folder}/`, '').trimEnd().split('\n')
  }
  t.same(await run('images-from-registry'),
    ['pull --quiet registry/a:1', 'tag registry/a:1 runonce/a:latest', 'pull --quiet registry/b:1', 'tag registry/b:1 runonce/b:latest'])
  t.same(await run('images-from-volume'), ['load --quiet --input a.tar', 'load --quiet --input b.tar.gz'])
})

void t.test('the memory limit of the engine is sufficient for all runs and the pool', async (t) => {
  const [, gibibytes] = /^(\d+)Gi$/.exec(engine.resources?.limits.memory ?? '') ?? []
  t.ok(Number(gibibytes) * 2 ** 30 > config.admission.concurrency * config.container.memoryCapBytes + config.pool.memoryBytes)
})

void t.test('the names of images are those of the other files', async (t) => {
  t.equal(service.image, parse(read('deploy/compose.yaml'), { merge: true }).services.runonce.image)
  const [{ name, newName }] = yaml('example/kustomization.yaml').images
  t.equal(service.image, `${name}:latest`)
  t.match(read('.github/workflows/release.yml'), newName)
  const version = /^docker:(\d+)-dind$/.exec(engine.image)?.[1]
  for (const component of IMAGE_COMPONENTS) t.equal(podOf(`components/${component}/deployment.yaml`).initContainers[1]?.image, `docker:${version}-cli`)
  for (const line of read(`${FOLDER}/example/images.txt`).trimEnd().split('\n')) {
    const [, source = '', tag, language = ''] = /^(\S+):(\S+) runonce\/(\S+):latest$/.exec(line) ?? []
    t.equal(source, `${newName.replace('/service', '')}/${language}`)
    t.equal(tag, JSON.parse(read('package.json')).version)
    t.ok(existsSync(join(ROOT, 'runner-images/languages', language)), language)
    t.ok(config.images.allow.some((pattern) => imageMatcher(pattern)(`runonce/${language}:latest`)))
  }
})

void t.test('all selectors select the pods of the Deployment or the Service, and all mounted volumes exist', async (t) => {
  const { selector, template } = yaml('base/deployment.yaml').spec
  const { labels } = template.metadata
  t.same(selector.matchLabels, labels)
  t.same(yaml('base/service.yaml').spec.selector, labels)
  t.same(yaml('base/pod-disruption-budget.yaml').spec.selector.matchLabels, labels)
  for (const file of ['base', 'components/images-from-registry']) t.same(yaml(`${file}/network-policy.yaml`).spec.podSelector.matchLabels, labels)
  t.same(yaml('components/service-monitor/service-monitor.yaml').spec.selector.matchLabels, yaml('base/service.yaml').metadata.labels)
  for (const component of [...IMAGE_COMPONENTS, 'tokens-file']) {
    const { initContainers = [], containers = [], volumes } = podOf(`components/${component}/deployment.yaml`)
    const available = [...pod.volumes, ...volumes].map(({ name }) => name)
    for (const { name } of [engine, service, ...initContainers, ...containers].flatMap(({ volumeMounts = [] }) => volumeMounts)) t.ok(available.includes(name), name)
  }
  const alerts = read('deploy/prometheus/alerts.yml')
  t.match(alerts, `up{job="${yaml('base/service.yaml').metadata.name}"}`, 'the operator uses the name of the Service as job label')
})
