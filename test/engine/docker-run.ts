import { buffer } from 'node:stream/consumers'

import type Docker from 'dockerode'

import { attach, demultiplex } from '../../tools/lib/attach.js'
import { docker, socketPath } from './engine.js'
import type { Result } from './types.js'

export interface DockerRunOptions {
  /** Fields of the create request that override the settings of `docker run -i`. */
  settings?: Docker.ContainerCreateOptions
  /** If false, stdin remains open after the payload, as with glot's docker-run. */
  halfClose?: boolean
  /** Attaches to the container after its start, as glot's docker-run does. */
  attachAfterStart?: boolean
}

export interface Finished { stdout: Buffer, stderr: Buffer, exitCode: number, result: Result }

/** Equivalent of `docker run -i --rm image < payload` without the docker command. Sends an object payload as JSON. */
export async function dockerRun (image: string, payload: string | object, options: DockerRunOptions = {}): Promise<Finished> {
  const { settings = {}, halfClose = true, attachAfterStart = false } = options
  const container = await docker.createContainer({
    Image: image, AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true, NetworkDisabled: true, ...settings
  })
  try {
    if (attachAfterStart) await container.start()
    const stream = await attach(socketPath, container.id)
    if (!attachAfterStart) await container.start()
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    if (halfClose) stream.end(text)
    else stream.write(text)
    const { stdout, stderr } = demultiplex(await buffer(stream))
    const { StatusCode: exitCode } = await container.wait()
    return { stdout, stderr, exitCode, get result () { return JSON.parse(stdout.toString()) as Result } }
  } finally {
    await container.remove({ force: true, v: true })
  }
}
