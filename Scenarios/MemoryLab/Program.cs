using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.MemoryLab;

var options = new MemoryLabOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => MemoryLabScenario.Run(options.Read(result), cancellation));
