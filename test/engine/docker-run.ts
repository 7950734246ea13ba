import http from 'node:http'
import type { Duplex } from 'node:stream'

import type Docker from 'dockerode'

import { docker, socketPath } from './engine.js'
import type { Result } from './kit.js'

export interface DockerRunOptions {
  /** The engine's create body, over that of `docker run -i`. */
  settings?: Docker.ContainerCreateOptions
  /** false: stdin stays open after the payload, as glot's docker-run leaves it. */
  halfClose?: boolean
  /** Attach to a container that runs already, as glot's docker-run does. */
  attachAfterStart?: boolean
}

export interface Finished { stdout: Buffer, stderr: Buffer, exitCode: number, result: Result }

/** `docker run -i --rm image < payload`, without the docker command. An object payload is sent as JSON. */
export async function dockerRun (image: string, payload: string | object, options: DockerRunOptions = {}): Promise<Finished> {
  const { settings = {}, halfClose = true, attachAfterStart = false } = options
  const container = await docker.createContainer({
    Image: image, AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true, NetworkDisabled: true, ...settings
  })
  try {
    if (attachAfterStart) await container.start()
    const stream = await attach(container.id)
    if (!attachAfterStart) await container.start()
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    if (halfClose) stream.end(text)
    else stream.write(text)
    const { stdout, stderr } = demultiplex(await readAll(stream))
    const { StatusCode: exitCode } = await container.wait()
    return { stdout, stderr, exitCode, get result () { return JSON.parse(stdout.toString()) as Result } }
  } finally {
    await container.remove({ force: true, v: true })
  }
}

/** @see Docker Engine API v1.41, ContainerAttach */
function attach (id: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const path = `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`
    const request = http.request({ socketPath, method: 'POST', path, headers: { Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': '0' } })
    request.on('upgrade', (_response, socket, head) => {
      socket.unshift(head)
      resolve(socket)
    })
    request.on('response', ({ statusCode }) => reject(new Error(`attach: ${statusCode}`)))
    request.on('error', reject)
    request.end()
  })
}

function readAll (stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      stream.destroy()
      resolve(Buffer.concat(chunks))
    })
  })
}

function demultiplex (frames: Buffer): { stdout: Buffer, stderr: Buffer } {
  const out: Record<number, Buffer[]> = { 1: [], 2: [] }
  for (let at = 0; at < frames.length;) {
    const length = frames.readUInt32BE(at + 4)
    out[frames[at] ?? 0]?.push(frames.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return { stdout: Buffer.concat(out[1] ?? []), stderr: Buffer.concat(out[2] ?? []) }
}
