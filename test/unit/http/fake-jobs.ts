import { jobNotFound } from '../../../service/errors.js'
import type { Job, JobPage, Jobs, NewJobs } from '../../../service/runs/job-ports.js'

export const ID = '0198c5d0-6a7b-4cc1-8d55-0f6f0a3c9e11'

export const QUEUED: Job = { id: ID, status: 'queued', createdAtMs: 1000, startedAtMs: undefined, finishedAtMs: undefined, position: 2, outcome: undefined }

/** Contains one job. If `fail` is set, every call throws it. */
export class FakeJobs implements Jobs {
  fail: Error | undefined
  readonly added: NewJobs[] = []
  job: Job = QUEUED
  listeners = new Set<() => void>()

  async add (jobs: NewJobs): Promise<string[]> {
    this.#check()
    this.added.push(jobs)
    return jobs.runs.map(() => ID)
  }

  async get (_tokenName: string, id: string): Promise<Job> {
    this.#check()
    if (id !== ID) throw jobNotFound(id)
    return this.job
  }

  async list (): Promise<JobPage> {
    this.#check()
    return { jobs: [this.job], next: 'failed.1' }
  }

  async cancel (tokenName: string, id: string): Promise<boolean> {
    return (await this.get(tokenName, id)).status !== 'active'
  }

  watch (_tokenName: string, _id: string, listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  #check (): void {
    if (this.fail !== undefined) throw this.fail
  }
}
