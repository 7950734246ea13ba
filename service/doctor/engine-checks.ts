import type { ContainerConfig } from '../config/config.js'
import type { EngineDetails } from '../docker/engine-details.js'
import { crunOf } from '../docker/engine-runtimes.js'
import { AUTO, type ContainerRuntime } from '../docker/runtime-choice.js'
import { settingsWarnings } from '../docker/settings-check.js'
import type { EngineVersion } from '../runs/ports.js'
import { failed, info, ok, weak, type Check } from './check.js'

/** The oldest supported version of the Engine API (Docker 20.10). */
const MIN_API = [1, 41]
/** Each container gets a complete copy of its image, or the driver is no longer maintained. */
const SLOW_DRIVERS: Record<string, string> = {
  vfs: 'copies the whole image for each container', devicemapper: 'is no longer maintained', aufs: 'is no longer maintained'
}
const MAX_CLOCK_SKEW_MS = 2000
const DELEGATE = "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo install -D /dev/stdin /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload, then log in again"
const KERNEL_ARGUMENTS = 'add "cgroup_enable=memory swapaccount=1" to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub && sudo reboot'

interface Examined {
  details: EngineDetails
  version: EngineVersion
  /** The selected runtime. */
  runtime: ContainerRuntime
  container: ContainerConfig
  /** The local times before the request for the details and after the response. */
  clock: Clock
}

interface Clock { beforeMs: number, afterMs: number }

/** Checks what the engine reports about itself. */
export function engineChecks ({ details, version, runtime, container, clock }: Examined): Check[] {
  return [
    apiCheck(version),
    runtimeCheck(details, runtime, container),
    driverCheck(details),
    cgroupCheck(details),
    ...limitChecks(details, container),
    seccompCheck(details),
    accessControlCheck(details),
    userNamespaceCheck(details),
    clockCheck(details, clock),
    ...rejectedSettings(details, container)
  ]
}

/** Returns the arguments of the runtime that the containers use. */
export function runtimeArguments ({ Runtimes, DefaultRuntime = '' }: EngineDetails, { name = DefaultRuntime }: ContainerRuntime): string[] {
  return Runtimes?.[name]?.runtimeArgs ?? []
}

function apiCheck ({ apiVersion }: EngineVersion): Check {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number)
  const [minMajor = 0, minMinor = 0] = MIN_API
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return ok('API version', apiVersion)
  return failed('API version', `${apiVersion} is older than ${MIN_API.join('.')}`, 'update Docker to 20.10 or newer: sudo apt-get install docker.io')
}

function runtimeCheck (details: EngineDetails, { name, sharedShim }: ContainerRuntime, { runtime }: ContainerConfig): Check {
  const detail = `${name ?? details.DefaultRuntime ?? 'unknown'}${sharedShim ? ', shared shim' : ''}`
  const crun = crunOf(details)
  if (crun === undefined || crun === name) return ok('runtime', detail)
  if (runtime === AUTO) return info('runtime', `${detail}; no program completes with ${crun}`, 'see docs/runtime.md#crun')
  return runtime === undefined ? info('runtime', detail, 'crun starts containers with less CPU time: DOCKER_CONTAINER_RUNTIME=auto') : ok('runtime', detail)
}

function driverCheck ({ Driver: driver = 'unknown' }: EngineDetails): Check {
  const loss = SLOW_DRIVERS[driver]
  if (loss === undefined) return ok('storage driver', driver)
  return weak('storage driver', `${driver} ${loss}: runs start slowly`, 'set "storage-driver": "overlay2" in /etc/docker/daemon.json, then: sudo systemctl restart docker')
}

function cgroupCheck (details: EngineDetails): Check {
  const { CgroupVersion: version = 'unknown', CgroupDriver: driver = 'unknown' } = details
  if (driver === 'none') {
    return failed('cgroups', 'the engine does not use cgroups: programs have no memory, process and CPU limits', isRootless(details) ? DELEGATE : KERNEL_ARGUMENTS)
  }
  const detail = `version ${version}, driver ${driver}`
  return version === '1' ? info('cgroups', `${detail}: the memory of TCP sockets is not limited`, 'cgroup version 2 limits it: boot with the kernel argument systemd.unified_cgroup_hierarchy=1') : ok('cgroups', detail)
}

/** Checks the controllers that the limits need. The settings of the service are named where they have no effect. */
function limitChecks (details: EngineDetails, { cpus }: ContainerConfig): Check[] {
  const { MemoryLimit, SwapLimit, PidsLimit, CpuCfsQuota } = details
  const advice = isRootless(details) ? DELEGATE : KERNEL_ARGUMENTS
  const missing = [
    ...MemoryLimit === false ? [failed('memory controller', 'the kernel does not limit memory (DOCKER_CONTAINER_MEMORY): a program can use the whole memory', advice)] : [],
    ...PidsLimit === false ? [failed('pids controller', 'the kernel does not limit processes (DOCKER_CONTAINER_ULIMIT_NPROC_SOFT): a fork bomb stops the machine', advice)] : [],
    ...CpuCfsQuota === false && cpus !== 0 ? [failed('cpu controller', 'the kernel does not support CPU limits: the engine refuses every run', 'set DOCKER_CONTAINER_CPUS=0, which means no limit')] : [],
    ...CpuCfsQuota === false && cpus === 0 ? [weak('cpu controller', 'the kernel does not support CPU limits: a run can use all cores', advice)] : [],
    ...MemoryLimit !== false && SwapLimit === false ? [weak('swap limit', 'programs can use swap in addition to their memory', `sudo swapoff -a, or ${advice}`)] : []
  ]
  return missing.length > 0 ? missing : [ok('controllers', 'memory, swap, pids, cpu')]
}

function seccompCheck (details: EngineDetails): Check {
  const profile = option(details, 'seccomp')
  if (profile === undefined) return failed('seccomp', 'the engine does not support seccomp: programs do not start', 'use a kernel with CONFIG_SECCOMP_FILTER: zgrep SECCOMP /proc/config.gz')
  if (!/unconfined/.test(profile)) return ok('seccomp', profile.replace(/^.*profile=/, 'profile '))
  return weak('seccomp', 'the engine applies no profile: only the runner\'s guard filters system calls', 'remove "seccomp-profile" from /etc/docker/daemon.json, then: sudo systemctl restart docker')
}

function accessControlCheck (details: EngineDetails): Check {
  const found = ['apparmor', 'selinux'].filter((name) => option(details, name) !== undefined)
  return found.length > 0
    ? ok('AppArmor, SELinux', found.join(', '))
    : info('AppArmor, SELinux', 'neither is active: one layer of protection less', 'Debian, Ubuntu: sudo apt-get install apparmor, then restart the engine')
}

function userNamespaceCheck (details: EngineDetails): Check {
  if (isRootless(details)) return ok('user namespaces', 'rootless: the engine runs without root')
  if (option(details, 'userns') !== undefined) return ok('user namespaces', 'container users are mapped to other users of the host')
  return info('user namespaces', 'container users are users of the host; programs do not run as root', 'to map them: "userns-remap": "default" in /etc/docker/daemon.json')
}

function clockCheck ({ SystemTime = '' }: EngineDetails, { beforeMs, afterMs }: Clock): Check {
  const engineMs = Date.parse(SystemTime)
  if (Number.isNaN(engineMs)) return info('clock', 'the engine does not report its time')
  const skewMs = engineMs < beforeMs ? engineMs - beforeMs : Math.max(0, engineMs - afterMs)
  if (Math.abs(skewMs) <= MAX_CLOCK_SKEW_MS) return ok('clock', 'service and engine agree')
  return weak('clock', `the engine's clock differs by ${(skewMs / 1000).toFixed(0)} s: programs and logs have different times`, 'synchronize both clocks: sudo timedatectl set-ntp true')
}

/** The limits of the kernel have separate lines. */
function rejectedSettings (details: EngineDetails, container: ContainerConfig): Check[] {
  const { NCPU, MemTotal, Runtimes } = details
  const members = Object.entries({ NCPU, MemTotal, Runtimes }).filter(([, value]) => value !== undefined)
  return settingsWarnings(Object.fromEntries(members), container).map((sentence) => {
    const variable = sentence.split(':')[0] ?? ''
    return (/refuse every run/.test(sentence) ? failed : weak)('settings', sentence, `change ${variable} in the settings of the service`)
  })
}

function isRootless (details: EngineDetails): boolean {
  return option(details, 'rootless') !== undefined
}

/** Returns the security option with this name, for example "name=seccomp,profile=default". */
function option ({ SecurityOptions }: EngineDetails, name: string): string | undefined {
  return SecurityOptions?.find((each) => new RegExp(`^(name=)?${name}(,|$)`).test(each))
}
