using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>TorchSharp's optimizers: on every device, with a dozen calls into libtorch per weight and step.</summary>
internal sealed class TorchOptimizer(TrainingOptions options, Parameter[] parameters) : WeightOptimizer(parameters)
{
    private readonly OptimizerHelper _optimizer = Create(options, parameters);
    private double _rate = options.LearningRate;

    public override double LearningRate
    {
        get => _rate;
        set
        {
            _rate = value;
            foreach (var group in _optimizer.ParamGroups)
                group.LearningRate = value;
        }
    }

    public override void ZeroGradients() => _optimizer.zero_grad();

    public override void Step()
    {
        if (options.GradientClipNorm is { } norm)
            torch.nn.utils.clip_grad_norm_(Parameters, norm);
        _optimizer.step();
    }

    public override void Dispose() => _optimizer.Dispose();

    protected override void WriteState(BinaryWriter writer) => _optimizer.save_state_dict(writer);

    protected override void ReadState(BinaryReader reader) => _optimizer.load_state_dict(reader);

    private static OptimizerHelper Create(TrainingOptions options, Parameter[] parameters)
    {
        double rate = options.LearningRate, decay = options.WeightDecay ?? 0;
        return options.Optimizer switch
        {
            Optimizer.Adam => torch.optim.Adam(parameters, rate, weight_decay: decay),
            // TorchSharp's own default is 0
            Optimizer.AdamW => torch.optim.AdamW(parameters, rate, weight_decay: options.WeightDecay ?? UpdateRule.AdamWDecay),
            Optimizer.RmsProp => torch.optim.RMSProp(parameters, rate, weight_decay: decay),
            Optimizer.Sgd => torch.optim.SGD(parameters, rate, weight_decay: decay),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Optimizer, "Unknown optimizer."),
        };
    }
}
