import type { CallToolResult } from '@modelcontextprotocol/server'

import type { Outcome, RunResult } from '../../../protocol/result.js'
import { endedInBuild } from '../payload-run.js'
import { imageType } from './image-type.js'

/** Maximum number of characters of a text. A model needs the beginning and the end of a long output; `structuredContent` contains all of it. */
const MAX_TEXT_LENGTH = 20_000
const NS_PER_SECOND = 1e9

type ContentBlock = CallToolResult['content'][number]
type OutputFile = NonNullable<RunResult['files']>[number]

interface ReturnedFile {
  /** The line that describes the file in the text. */
  line: string
  block?: ContentBlock
  /** The file in `structuredContent`. */
  structured: OutputFile
}

const OUTCOMES: Record<Outcome, (result: RunResult) => string> = {
  completed: () => 'The program exited with code 0',
  failed: ({ exitCode }) => `The program exited with code ${exitCode}`,
  signaled: ({ signal }) => `The signal ${signal} terminated the program`,
  timeout: ({ error }) => `${error}. The output until then is kept`,
  output_limit: ({ error }) => `${error}. The output up to the limit is kept`,
  out_of_memory: () => 'The program needed more memory than it had',
  build_failed: () => 'The build failed, so the program did not start',
  invalid: ({ error }) => error
}

/** Converts a result to text, images and files for a model, and to the structured content. */
export function contentOf (result: RunResult): CallToolResult {
  const files = result.files?.map(returnedFile)
  return {
    content: [{ type: 'text', text: textOf(result, files) }, ...files?.flatMap(({ block }) => block ?? []) ?? []],
    structuredContent: { ...result, ...(files === undefined ? {} : { files: files.map(({ structured }) => structured) }) }
  }
}

function textOf (result: RunResult, files: ReturnedFile[] | undefined): string {
  const { outcome = 'completed', duration = 0, build, stdout, stderr } = result
  // The output of a failed build is also the output of the run.
  const buildOutput = build === undefined || endedInBuild(result) ? '' : build.stdout + build.stderr
  const sections = [section('Output of the build', buildOutput), section('stdout', stdout), section('stderr', stderr), filesSection(files)]
  const output = sections.filter((text) => text !== '')
  return [
    `${outcome}: ${OUTCOMES[outcome](result)}. (${(duration / NS_PER_SECOND).toFixed(2)} s)`,
    ...output.length === 0 ? ['The program wrote no output.'] : output
  ].join('\n\n')
}

function section (title: string, text: string): string {
  return text === '' ? '' : `${title}:\n${shortened(text)}`
}

function filesSection (files: ReturnedFile[] | undefined): string {
  if (files === undefined) return ''
  return files.length === 0 ? 'files:\nNo file matches outputs.' : `files:\n${files.map(({ line }) => `- ${line}`).join('\n')}`
}

/** Omits the middle of a long text. */
function shortened (text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text
  const half = MAX_TEXT_LENGTH / 2
  const omitted = text.length - 2 * half
  return `${text.slice(0, half)}\n[${omitted} characters are omitted; see structuredContent]\n${text.slice(-half)}`.toWellFormed()
}

function returnedFile (file: OutputFile): ReturnedFile {
  const { name, content, encoding, size, error } = file
  if (content === undefined) return { line: `${name}: ${size} bytes, not returned: ${error ?? 'too large'}`, structured: file }
  const mimeType = imageType(encoding === 'base64' ? content : '')
  if (mimeType !== undefined) {
    const { content: _, encoding: __, ...structured } = file
    return { line: `${name}: ${size} bytes, ${mimeType}`, block: { type: 'image', data: content, mimeType }, structured }
  }
  if (encoding === 'base64' || content.length > MAX_TEXT_LENGTH) return { line: `${name}: ${size} bytes, content in structuredContent`, structured: file }
  return { line: `${name}: ${size} bytes`, block: textResource(name, content), structured: file }
}

function textResource (name: string, text: string): ContentBlock {
  const path = name.split('/').map(encodeURIComponent).join('/')
  return { type: 'resource', resource: { uri: `runonce:///${path}`, mimeType: name.endsWith('.svg') ? 'image/svg+xml' : 'text/plain', text } }
}
