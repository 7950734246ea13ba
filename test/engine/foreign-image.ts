import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { docker } from './engine.js'
import type { Test } from './types.js'
import { until } from './until.js'

/** A minimal program for glot's protocol: reads stdin to the end, prints the three fields and exits. */
const ECHO = 'local $/; my $in = <STDIN>; $in =~ s/([^\\w])/sprintf("\\\\u%04x", ord $1)/ge;' +
  'print qq({"stdout":"$in","stderr":"","error":""})'

/** Builds an image with a name below glot/ and without labels of runonce. Removes it after the test. Resolves with the tag. */
export async function foreignImage (t: Test, entrypoint: string[] = ['perl', '-e', ECHO]): Promise<string> {
  return await buildImage(t, `FROM debian:trixie-slim\nENTRYPOINT ${JSON.stringify(entrypoint)}\n`)
}

/** Builds an image from a Dockerfile without a context, and removes it after the test. Resolves with the tag. */
export async function buildImage (t: Test, dockerfile: string, labels: Record<string, string> = {}): Promise<string> {
  const tag = `glot/test-${randomBytes(6).toString('hex')}:latest`
  const context = mkdtempSync(join(tmpdir(), 'runonce-image-'))
  try {
    writeFileSync(join(context, 'Dockerfile'), dockerfile)
    const progress = await docker.buildImage({ context, src: ['Dockerfile'] }, { t: tag, labels, forcerm: true, networkmode: 'host' })
    const steps = await new Promise<Array<{ error?: string }>>((resolve, reject) => {
      docker.modem.followProgress(progress, (error, output) => error === null ? resolve(output) : reject(error))
    })
    const fault = steps.find(({ error }) => error !== undefined)?.error
    if (fault !== undefined) throw new Error(fault)
  } finally {
    rmSync(context, { recursive: true })
  }
  const { Id } = await docker.getImage(tag).inspect()
  t.teardown(async () => { await until(() => removed(Id), `the removal of image ${tag}`) })
  return tag
}

/** Removes an image. Returns false if a running container still uses the image; the image then loses only its tag. */
async function removed (id: string): Promise<boolean> {
  const image = docker.getImage(id)
  await image.remove({ force: true }).catch(() => {})
  return await image.inspect().then(() => false, ({ statusCode }) => statusCode === 404)
}
