using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.SequenceGeneration;

var options = new SequenceGenerationOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => SequenceGenerationScenario.Run(options.Read(result), cancellation));
