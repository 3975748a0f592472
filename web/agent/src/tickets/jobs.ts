import type { JobStatus } from '@tugi/shared/api'
import { api, store } from '../app/desk'

const finished = (job: JobStatus) => job.status === 'completed' || job.status === 'failed' || job.status === 'killed'

/** Follows a bulk job to its end, by the live stream and by asking; `onStep` gets every newer state. */
export async function followJob(first: JobStatus, onStep: (job: JobStatus) => void): Promise<JobStatus> {
  let job = first
  onStep(job)
  for (let asked = 0; !finished(job); asked++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    const told = store.jobs.get(job.id)
    if (told) job = told
    else if (asked % 4 === 3) job = (await api.get<{ job_status: JobStatus }>(`/job_statuses/${job.id}`)).job_status
    onStep(job)
  }
  return job
}

/** How many items of a finished job failed. */
export const failures = (job: JobStatus): number =>
  job.status !== 'completed' ? job.total ?? 1 : Array.isArray(job.results) ? job.results.filter((r) => r.success === false || r.error !== undefined).length : 0
