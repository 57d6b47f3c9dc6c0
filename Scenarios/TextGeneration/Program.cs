using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.TextGeneration;

var options = new TextGenerationOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => TextGenerationScenario.Run(options.Read(result), cancellation));
