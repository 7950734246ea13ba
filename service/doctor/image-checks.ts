import type { NamedImage } from '../config/config.js'
import { missingImageWarnings } from '../docker/settings-check.js'
import type { ImageDetails } from '../docker/engine-details.js'
import { supportsVersion2 } from '../protocol/image-labels.js'
import type { ImageDescription } from '../runs/ports.js'
import { failed, info, ok, skipped, weak, type Check } from './check.js'

/** After this time, Debian has usually published security updates. */
const MAX_AGE_DAYS = 30
const DAY_MS = 86_400_000
const MAX_NAMES = 6
/** The names of architectures in `info` and in images (GOARCH). */
const ARCHITECTURES: Record<string, string> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' }
/** Small images that are often present. */
const PREFERRED = ['python', 'bash', 'perl', 'javascript', 'ruby', 'php']

export interface PresentImage {
  image: ImageDescription
  details: ImageDetails
}

/** @param architecture of the engine, as `info` reports it */
export function imageChecks (images: PresentImage[], { architecture, allow, nowMs }: { architecture: string, allow: string[], nowMs: number }): Check[] {
  const rest = ['image protocol', 'image architecture', 'image age']
  if (images.length === 0) {
    return [
      failed('images', `the engine has no language image that DOCKER_IMAGE_ALLOW (${allow.join(',')}) allows`, 'build the first ones: npm run images -- python, or load published ones with docker pull and docker tag'),
      ...rest.map((name) => skipped(name, 'no images'))
    ]
  }
  return [
    ok('images', `${images.length}: ${listOf(images)}`),
    protocolCheck(images),
    architectureCheck(images, goArchitecture(architecture)),
    ageCheck(images, nowMs)
  ]
}

/** The images that the settings name must be present. */
export function namedImageChecks (present: Parameters<typeof missingImageWarnings>[0], named: NamedImage[]): Check[] {
  return missingImageWarnings(present, named).map((sentence) => weak('images', sentence, 'build them: npm run images -- NAME'))
}

/** Returns the image for the runs, or undefined if no image can run on this engine. */
export function imageForRuns (images: PresentImage[], architecture: string): ImageDescription | undefined {
  const rank = ({ language }: ImageDescription) => (PREFERRED.indexOf(language?.name ?? '') + PREFERRED.length + 1) % (PREFERRED.length + 1)
  const able = images.filter(({ details }) => details.architecture === goArchitecture(architecture)).map(({ image }) => image)
  const current = able.filter(({ language }) => supportsVersion2(language?.protocol))
  return (current.length > 0 ? current : able).sort((a, b) => rank(a) - rank(b))[0]
}

function protocolCheck (images: PresentImage[]): Check {
  const old = images.filter(({ image }) => !supportsVersion2(image.language?.protocol))
  if (old.length === 0) return ok('image protocol', 'version 2')
  const detail = `${old.length} of ${images.length} images implement an old protocol (${listOf(old)}): no streaming, cases, returned files and interactive runs`
  return (old.length === images.length ? failed : weak)('image protocol', detail, `rebuild: npm run images -- ${namesOf(old)}`)
}

function architectureCheck (images: PresentImage[], architecture: string): Check {
  const other = images.filter(({ details }) => details.architecture !== architecture)
  if (other.length === 0) return ok('image architecture', architecture)
  return failed('image architecture', `${other.length} of ${images.length} images are not for ${architecture} (${listOf(other)}): their runs fail`,
    `remove and rebuild them: docker rmi ${other.slice(0, MAX_NAMES).map(({ image }) => image.ref).join(' ')} && npm run images -- ${namesOf(other)}`)
}

function ageCheck (images: PresentImage[], nowMs: number): Check {
  const days = ({ details }: PresentImage) => Math.max(0, Math.floor((nowMs - details.createdAtMs) / DAY_MS))
  const oldest = Math.max(...images.map(days))
  if (Number.isNaN(oldest)) return info('image age', 'the engine does not report when the images were built')
  const old = images.filter((image) => days(image) > MAX_AGE_DAYS)
  if (old.length === 0) return ok('image age', oldest === 0 ? 'built today' : `at most ${oldest} days`)
  return weak('image age', `${old.length} of ${images.length} images are older than ${MAX_AGE_DAYS} days (oldest: ${oldest} days): security updates are missing`, 'npm run images -- --fresh')
}

function goArchitecture (architecture: string): string {
  return ARCHITECTURES[architecture] ?? architecture
}

function listOf (images: PresentImage[]): string {
  const names = images.map(({ image }) => image.language?.name ?? image.ref)
  return names.length <= MAX_NAMES ? names.join(', ') : `${names.slice(0, MAX_NAMES).join(', ')}, …`
}

/** All names for a command; without names, the command builds all images. */
function namesOf (images: PresentImage[]): string {
  return images.length > MAX_NAMES ? `${images.slice(0, MAX_NAMES).map(({ image }) => image.language?.name).join(' ')} …` : images.map(({ image }) => image.language?.name).join(' ')
}
