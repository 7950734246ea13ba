import type { ContainerConfig } from '../config/config.js'
import { tmpfsBytes } from '../config/container.js'
import type { WireLimits } from '../protocol/limits.js'
import type { RunResult } from '../protocol/result.js'
import type { ContainerLimits } from '../runs/ports.js'
import { failed, info, ok, weak, LOG_ADVICE, type Check } from './check.js'

const MIB = 2 ** 20
const MEMORY_BYTES = 64 * MIB
/** The program uses at most this much, so that it does no harm if there is no limit. */
const MEMORY_TRIED_BYTES = 2 * MEMORY_BYTES
const PROCESSES = 32
const PROCESSES_TRIED = 64
const TIME_SECONDS = 0.5
const MAX_LATE_SECONDS = 2
const OUTPUT_BYTES = 4096

/** The values on which the messages of the proofs depend. */
export interface ProofContext {
  container: ContainerConfig
  /** Arguments of the OCI runtime. */
  runtimeArguments: string[]
}

/** A program that tries to exceed a limit. It is a shell script, which every image can run. */
export interface Proof {
  name: string
  script: string
  limits?: WireLimits
  containerLimits?: ContainerLimits
  judge (result: RunResult): Check
}

/** One run for each limit. */
export function proofs (context: ProofContext): Proof[] {
  const { container } = context
  return [memoryProof(context), processProof(context), TIME, OUTPUT, rootProof(container), networkProof(container), ...tmpfsProofs(container), GUARD]
}

function memoryProof (context: ProofContext): Proof {
  return {
    name: 'memory limit',
    // tail keeps an endless line in memory.
    script: `head -c ${MEMORY_TRIED_BYTES} /dev/zero | tail -n 1 > /dev/null`,
    containerLimits: { memoryBytes: MEMORY_BYTES },
    judge ({ outcome }) {
      if (outcome === 'out_of_memory') return ok(this.name, 'a program that uses too much ends with out_of_memory')
      if (outcome === 'completed') return failed(this.name, `a program with a limit of ${MEMORY_BYTES / MIB} MiB used ${MEMORY_TRIED_BYTES / MIB} MiB`, unlimitedAdvice(context))
      return failed(this.name, `a program that uses too much ends with ${outcome}, not with out_of_memory`, unlimitedAdvice(context))
    }
  }
}

function processProof (context: ProofContext): Proof {
  return {
    name: 'process limit',
    script: `i=0; while [ $i -lt ${PROCESSES_TRIED} ]; do sleep 5 & i=$((i+1)); done; echo all`,
    containerLimits: { processes: PROCESSES },
    judge ({ stdout }) {
      return stdout.includes('all')
        ? failed(this.name, `a program with a limit of ${PROCESSES} processes started ${PROCESSES_TRIED}`, unlimitedAdvice(context))
        : ok(this.name, 'a program cannot start more processes')
    }
  }
}

const TIME: Proof = {
  name: 'time limit',
  script: 'sleep 20',
  limits: { time: TIME_SECONDS },
  judge ({ outcome, duration = 0 }) {
    const seconds = duration / 1e9
    if (outcome !== 'timeout') return failed(this.name, `an endless program ends with ${outcome}, not with timeout`, LOG_ADVICE)
    if (seconds < TIME_SECONDS + MAX_LATE_SECONDS) return ok(this.name, `an endless program ends after ${seconds.toFixed(1)} s (limit ${TIME_SECONDS} s)`)
    return weak(this.name, `an endless program ends after ${seconds.toFixed(1)} s (limit ${TIME_SECONDS} s): the machine is overloaded`, 'lower SERVER_WORKER_THREADS or add CPUs')
  }
}

const OUTPUT: Proof = {
  name: 'output limit',
  script: 'yes',
  limits: { output: OUTPUT_BYTES, time: 5 },
  judge ({ outcome, stdout }) {
    return outcome === 'output_limit' && stdout.length <= OUTPUT_BYTES
      ? ok(this.name, 'endless output ends with output_limit')
      : failed(this.name, `endless output ends with ${outcome}, not with output_limit`, LOG_ADVICE)
  }
}

function rootProof ({ readonlyRootfs }: ContainerConfig): Proof {
  return {
    name: 'read-only root',
    // Every user can write to this folder of the image. Podman mounts a tmpfs on other such folders.
    script: 'echo x > /home/glot/doctor',
    judge ({ outcome, stderr }) {
      if (/read-only file system/i.test(stderr)) return ok(this.name, 'the files of the image cannot be changed')
      if (outcome === 'completed' && !readonlyRootfs) return weak(this.name, 'programs can write to the disk of the engine', 'set DOCKER_CONTAINER_READONLY_ROOTFS=true')
      return failed(this.name, `writing to the image: ${stderr.trim() || outcome}`, LOG_ADVICE)
    }
  }
}

function networkProof ({ networkDisabled }: ContainerConfig): Proof {
  return {
    name: 'no network',
    script: "sed -n 's/^ *\\([^ :]*\\):.*/\\1/p' /proc/net/dev",
    judge ({ outcome, stdout, stderr }) {
      if (outcome !== 'completed') return failed(this.name, `the interfaces cannot be listed: ${stderr.trim() || outcome}`, LOG_ADVICE)
      // The kernel can add tunnel devices to every network namespace. They are down.
      const interfaces = stdout.split('\n').filter((name) => name !== '' && !/^(lo|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name))
      if (interfaces.length === 0) return ok(this.name, 'only the loopback interface')
      const detail = `programs have the interfaces ${interfaces.join(', ')}`
      return networkDisabled ? failed(this.name, detail, LOG_ADVICE) : weak(this.name, `${detail}: they can reach other machines`, 'set DOCKER_CONTAINER_NETWORK_DISABLED=true')
    }
  }
}

/** Fills each tmpfs beyond its size. */
function tmpfsProofs ({ tmpDir, workDir, memoryBytes }: ContainerConfig): Proof[] {
  return [tmpDir, workDir].flatMap((tmpfs) => {
    if (tmpfs === undefined) return []
    const name = `size of ${tmpfs.path}`
    const bytes = tmpfsBytes(tmpfs)
    if (bytes >= memoryBytes) {
      return [{ name, script: 'true', judge: () => info(name, 'limited by the memory of the container', 'add size=… to its options in the settings') }]
    }
    return [{
      name,
      script: `head -c ${bytes + MIB} /dev/zero > ${tmpfs.path}/doctor; stat -c %s ${tmpfs.path}/doctor`,
      judge ({ stdout, stderr, outcome }: RunResult) {
        const written = Number(stdout)
        if (stdout === '') return failed(name, `writing: ${stderr.trim() || outcome}`, LOG_ADVICE)
        return written <= bytes ? ok(name, `${(bytes / MIB).toFixed(0)} MiB`) : failed(name, `a program wrote ${written} bytes, more than ${bytes}`, LOG_ADVICE)
      }
    }]
  })
}

/** Without the guard, the program can send signals to PID 1, because both run as the same user. */
const GUARD: Proof = {
  name: 'guard',
  script: 'kill -0 1',
  judge ({ outcome, exitCode, stderr }) {
    if (outcome === 'failed' && exitCode !== 126 && /not permitted/i.test(stderr)) return ok(this.name, 'the system call filter of the runner is installed')
    return failed(this.name, exitCode === 126 ? `the filter cannot be installed: ${stderr.trim()}` : 'a program can send signals to the runner', 'rebuild the images: npm run images; the kernel needs CONFIG_SECCOMP_FILTER')
  }
}

function unlimitedAdvice ({ runtimeArguments }: ProofContext): string {
  return runtimeArguments.some((argument) => /^--?ignore-cgroups(=true)?$/.test(argument))
    ? 'remove --ignore-cgroups from runtimeArgs in /etc/docker/daemon.json, then: sudo systemctl restart docker'
    : 'enable the cgroup controllers memory and pids: cat /proc/cgroups, docker info | grep -i cgroup'
}
