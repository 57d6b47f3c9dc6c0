using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>One call of <c>Fit</c> that trains several networks and joins them.</summary>
internal static class EnsembleSession
{
    /// <summary>Trains one network.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="checkpoint">Its checkpoint; null for that of the first network.</param>
    public delegate SequenceTransformer TrainMember(RecurrentOptions options, int seed, TrainingCheckpoint? checkpoint);

    /// <exception cref="RecurrentTrainingException">The training of one failed; carries those before it and what became of it, averaged.</exception>
    public static SequenceTransformer Run(RecurrentOptions options, int seed, IChannel channel, TrainMember train)
    {
        var (models, seeds) = (new List<SequenceModel>(), new Random(seed));
        for (int i = 0; i < options.Members && (i == 0 || !options.Training.CancellationToken.IsCancellationRequested); i++)
        {
            channel.Info($"Training network {i + 1} of {options.Members}.");
            var own = options with { Members = 1, Training = Training(options.Training, i) };
            try
            {
                using var member = train(own, i == 0 ? seed : seeds.Next(), i == 0 ? null : TrainingCheckpoint.Open(own.Training.Checkpoint));
                models.Add(member.Model);
            }
            catch (OperationCanceledException) when (models.Count > 0)
            {
                break; // those that were trained stand
            }
            catch (RecurrentTrainingException e) when (models.Count > 0)
            {
                if (e.Transformer is { } partly)
                    models.Add(partly.Model);
                throw new RecurrentTrainingException(
                    $"Network {i + 1} of {options.Members}: {e.Message} The networks before it are averaged.", Join(models), e);
            }
        }
        return Join(models);
    }

    // Files of their own; where no order of time is, parts of their own.
    private static TrainingOptions Training(TrainingOptions all, int member) => all with
    {
        ValidationPart = member,
        Checkpoint = member == 0 || all.Checkpoint is null ? all.Checkpoint : all.Checkpoint with { Path = $"{all.Checkpoint.Path}.{member + 1}" },
    };

    private static SequenceTransformer Join(List<SequenceModel> models) =>
        new(models.Count == 1 ? models[0] : ModelAverage.Of(models));
}
