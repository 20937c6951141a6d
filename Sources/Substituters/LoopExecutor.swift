import NIOCore

/// Runs tasks on an event loop, so that a request, its answer and the work on the answer stay on one thread. Going from
/// thread to thread costs more than reading a narinfo.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
