// Classes side by side, tests of a class one after another: trainings are one thread each, or small. What counts the process's memory, or changes its
// working directory, says DoNotParallelize.
[assembly: Parallelize(Workers = 2, Scope = ExecutionScope.ClassLevel)]
