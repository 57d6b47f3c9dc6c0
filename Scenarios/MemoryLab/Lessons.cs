using System.Diagnostics;
using Microsoft.ML;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>Trains cells on tasks and measures them on sequences of their own.</summary>
internal sealed class Lessons(MLContext ml, MemoryLabSettings settings, CancellationToken cancellation)
{
    private const int Test = 2000, Validation = 1000;
    private const int Hidden = 64;

    /// <summary>The adding problem over so many steps.</summary>
    public Lesson Add(LabCell cell, int steps)
    {
        var options = new RecurrentOptions
        {
            Cell = cell.Cell,
            HiddenSizes = [Hidden],
            DenseSizes = [],
            Training = Cells.Training(settings, $"adding {steps}, {cell.Name}", e => e.ValidationLoss < 0.015, cancellation) with // in variances of the sum: 0.0025
            {
                LearningRate = cell.LearningRate,
            },
        };
        var trainer = ml.Regression.Trainers.Recurrent(AddingProblem.Label, AddingProblem.Sequence, options);
        var (model, seconds) = Time(() => Fit(trainer, AddingProblem.View(ml, settings.Sequences, steps, Seed(1)), AddingProblem.View(ml, Validation, steps, Seed(2))));
        double error = ml.Regression.Evaluate(model.Transform(AddingProblem.View(ml, Test, steps, Seed(3)))).MeanSquaredError;
        return Lesson.Of($"adding, {steps} steps", cell.Name, model.Model, seconds, Lesson.Mse, error, error < AddingProblem.Solved);
    }

    // A network whose state explodes lets rounding grow from step to step, so that its graph may differ from it by more than is allowed to models
    // that are to be relied on. Here that is a finding.
    private static SequenceTransformer Fit(RecurrentEstimator trainer, IDataView training, IDataView validation)
    {
        try
        {
            return trainer.Fit(training, validation);
        }
        catch (RecurrentTrainingException e) when (e is { Transformer: not null, InnerException: null })
        {
            Console.WriteLine($"  {e.Message}");
            return e.Transformer;
        }
    }

    /// <summary>The network before it has learnt anything: an epoch at a learning rate that is 0 as a Single, on the same sequences.</summary>
    public SequenceModel Untrained(RecurrentCell cell, int steps) => ml.Regression.Trainers.Recurrent(AddingProblem.Label, AddingProblem.Sequence, new RecurrentOptions
    {
        Cell = cell,
        HiddenSizes = [Hidden],
        DenseSizes = [],
        Training = new() { Epochs = 1, LearningRate = 1e-60, Optimizer = Optimizer.Sgd, Seed = settings.Seed, BatchSize = 64, ValidationFraction = 0 },
    }).Fit(AddingProblem.View(ml, settings.Sequences, steps, Seed(1))).Model;

    /// <summary>The embedded Reber grammar: a language model of its strings, asked after each letter which may follow.</summary>
    public Lesson Grammar(string name, RecurrentCell cell, int between)
    {
        var grammar = new ReberGrammar(between);
        var (train, validate) = (Strings(grammar, settings.Sequences, Seed(1)), Strings(grammar, Validation, Seed(2)));
        var keys = ml.Transforms.Conversion.MapValueToKey("Tokens").Fit(View(train));
        var options = new LanguageModelOptions
        {
            Cell = cell,
            EmbeddingSize = 8,
            HiddenSizes = [Hidden / 2],
            TruncationLength = 200, // longer than any string
            Training = Cells.Training(settings, $"Reber grammar, {name}", _ => false, cancellation) with
            {
                Epochs = Math.Max(1, settings.Epochs / 2),
                Schedule = new CosineSchedule(),
            },
        };
        var (model, seconds) = Time(() => ml.MulticlassClassification.Trainers.LanguageModel("Tokens", options).Fit(keys.Transform(View(train)), keys.Transform(View(validate))));
        double error = GrammarTest.WrongStrings(model.Model, grammar, Strings(grammar, Test, Seed(3)));
        return Lesson.Of(between == 1 ? "embedded Reber grammar" : $"over {between} Reber strings", name, model.Model, seconds, Lesson.WrongStrings, error, error == 0);
    }

    /// <summary>The question that comes after what it asks for, read forward alone or in both directions.</summary>
    public Lesson Question(string name, RecurrentCell cell, bool bidirectional)
    {
        var train = LateQuestion.View(ml, settings.Sequences, Seed(1));
        var keys = ml.Transforms.Conversion.MapValueToKey("Tokens").Append(ml.Transforms.Conversion.MapValueToKey("Label")).Fit(train);
        var options = new RecurrentOptions
        {
            Cell = cell,
            Bidirectional = bidirectional,
            EmbeddingSize = 8,
            HiddenSizes = [bidirectional ? Hidden / 2 : Hidden], // about as many parameters
            DenseSizes = [],
            Training = Cells.Training(settings, $"late question, {name}", e => e.ValidationAccuracy > 0.998, cancellation),
        };
        var (model, seconds) = Time(() => ml.MulticlassClassification.Trainers.Recurrent("Label", "Tokens", options)
            .Fit(keys.Transform(train), keys.Transform(LateQuestion.View(ml, Validation, Seed(2)))));
        double error = 1 - ml.MulticlassClassification.Evaluate(model.Transform(keys.Transform(LateQuestion.View(ml, Test, Seed(3))))).MicroAccuracy;
        return Lesson.Of("late question", name, model.Model, seconds, Lesson.WrongLetters, error, error < 0.01);
    }

    /// <summary>The symbol some steps ahead, told at each step.</summary>
    public Lesson Future(string name, RecurrentCell cell, bool bidirectional) => FutureLesson.Learn(
        name, cell, bidirectional, settings.Sequences / 4, Cells.Training(settings, name, _ => false, cancellation) with { Seed = Seed(0) });

    private int Seed(int part) => (settings.Seed * 10) + part;

    private static string[] Strings(ReberGrammar grammar, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => grammar.Draw(random))];
    }

    private IDataView View(string[] strings) => ml.Data.LoadFromEnumerable(strings.Select(s => new Letters { Tokens = [.. s.Select(c => c.ToString())] }));

    private static (SequenceTransformer Model, double Seconds) Time(Func<SequenceTransformer> fit)
    {
        long start = Stopwatch.GetTimestamp();
        return (fit(), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private sealed class Letters
    {
        public string[] Tokens { get; set; } = [];
    }
}
