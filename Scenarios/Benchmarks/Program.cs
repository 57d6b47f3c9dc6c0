using MlNetRnn.Scenarios.Benchmarks;
if (args.Contains("training")) foreach (var c in TrainingBenchmark.Cases(args.Contains("--quick"))) Console.WriteLine(TrainingBenchmark.Run(c, args.Contains("--quick")));
Console.WriteLine(InferenceBenchmark.Run("lstm", 64, 5));
Console.WriteLine(InferenceBenchmark.Run("gru", 64, 5));
return 0;
