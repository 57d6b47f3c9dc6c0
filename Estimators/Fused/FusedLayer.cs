using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Fused;

/// <summary>
/// A recurrent layer over torch's weights whose steps, forward and backward, are computed here: one call for all steps, matrix products
/// and gates in one pass over registers, the batch split over threads.
/// </summary>
internal sealed unsafe class FusedLayer : IDisposable
{
    private static readonly string[] Suffixes = ["", "_reverse"];
    private static readonly string[] Kinds = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];

    private readonly FusedPass _pass;
    private readonly LayerSizes _sizes;
    private readonly Parameter[] _parameters; // per direction: input and recurrent weights, input and recurrent biases
    private readonly ConcurrentBag<RunMemory> _idle = []; // whose backward pass is over
    private readonly TrainingThreads _threads;
    private Exception? _failure;

    /// <param name="cell">The kernels of the cell.</param>
    /// <param name="module">torch's module of the layer.</param>
    /// <param name="inputs">Values per step that it reads.</param>
    /// <param name="hidden">Values per step that it gives, per direction.</param>
    /// <param name="directions">1 or 2.</param>
    /// <param name="threads">The threads to compute on.</param>
    public FusedLayer(FusedPass cell, torch.nn.Module module, int inputs, int hidden, int directions, TrainingThreads threads)
    {
        (_pass, _threads) = (cell, threads);
        _sizes = new LayerSizes(cell.Layout, cell.Lanes, inputs, hidden, directions);
        var named = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        _parameters = [.. from suffix in Suffixes.Take(directions) from kind in Kinds select named[kind + suffix]];
    }

    /// <summary>States that go from one run to the next; null where each begins with zeros. Of layers in one direction.</summary>
    public CarriedStates? Carried { get; set; }

    /// <summary>Throws what broke off a backward pass: exceptions do not get through libtorch, which calls it.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new InvalidOperationException($"The backward pass of a recurrent layer failed: {failure.Message}", failure);
    }

    /// <summary>Runs the layer.</summary>
    /// <param name="input"><c>[steps, batch, inputs]</c>.</param>
    /// <param name="lengths">Steps of each sequence, int64 <c>[batch]</c>; null where each has all.</param>
    /// <param name="results">Which of the two is needed.</param>
    /// <returns>The output, <c>[steps, batch, directions × hidden]</c>; the final states, <c>[directions, batch, hidden]</c>; or null.</returns>
    public (torch.Tensor? Output, torch.Tensor? Final) Forward(torch.Tensor input, torch.Tensor? lengths, LayerResults results)
    {
        ThrowIfFailed();
        bool differentiates = torch.is_grad_enabled() && (input.requires_grad || Array.Exists(_parameters, p => p.requires_grad));
        var memory = Rent();
        List<torch.Tensor> tensors;
        if (differentiates)
        {
            tensors = FusedFunction.apply([new Call(this, memory, input, lengths, results), input, .. _parameters]);
        }
        else
        {
            tensors = Run(memory.Run, input, lengths, results, keepsSteps: false, inputGradient: false);
            _idle.Add(memory);
        }
        return (results.HasFlag(LayerResults.Output) ? tensors[0] : null, results.HasFlag(LayerResults.Final) ? tensors[^1] : null);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var memory))
            memory.Dispose();
    }

    private RunMemory Rent() => _idle.TryTake(out var memory) ? memory : new RunMemory(new LayerRun(_sizes), _parameters);

    private List<torch.Tensor> Run(
        LayerRun run, torch.Tensor input, torch.Tensor? lengths, LayerResults results, bool keepsSteps, bool inputGradient)
    {
        int steps = (int)input.shape[0], batch = (int)input.shape[1];
        run.Prepare(steps, batch, lengths is null ? null : Lengths(lengths), _threads.Count, keepsSteps, inputGradient);
        run.IsCarried = Carried is not null;
        using var contiguous = input.contiguous();
        var tensors = new LayerTensors { Input = Pointer(contiguous) };
        if (Carried is { } carried)
        {
            tensors.CarriedHidden = carried.HiddenPointer(batch);
            tensors.CarriedCell = carried.CellPointer(batch);
        }
        var made = new List<torch.Tensor>(2);
        if (results.HasFlag(LayerResults.Output))
            tensors.Output = Make(steps, batch, _sizes.Directions * _sizes.Hidden);
        if (results.HasFlag(LayerResults.Final))
            tensors.Final = Make(_sizes.Directions, batch, _sizes.Hidden);
        _pass.Forward(run, tensors, PointersOf(_parameters), _threads);
        return made;

        float* Make(params ReadOnlySpan<long> shape)
        {
            made.Add(torch.empty(shape, dtype: torch.float32));
            return Pointer(made[^1]);
        }
    }

    private static int[] Lengths(torch.Tensor lengths) => [.. lengths.data<long>().Select(length => (int)length)];

    private static WeightPointers[] PointersOf(torch.Tensor[] tensors) => [.. tensors.Chunk(4).Select(t => new WeightPointers(
        (nint)Pointer(t[0]), (nint)Pointer(t[1]), (nint)Pointer(t[2]), (nint)Pointer(t[3])))];

    private static float* Pointer(torch.Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(TensorData.Span(tensor)));

    /// <summary>What a run works in, and the gradients of the weights that come out of it: reused from batch to batch.</summary>
    internal sealed class RunMemory(LayerRun run, torch.Tensor[] weights) : IDisposable
    {
        public LayerRun Run { get; } = run;

        public torch.Tensor[] Gradients =>
            field ??= [.. weights.Select(w => torch.empty(w.shape, dtype: torch.float32).DetachFromDisposeScope())];

        public WeightPointers[] Pointers => field ??= PointersOf(Gradients);

        public void Dispose()
        {
            foreach (var gradient in Gradients)
                gradient.Dispose();
        }
    }

    /// <summary>A call of the layer on its way through torch's graph.</summary>
    internal sealed class Call(FusedLayer layer, RunMemory memory, torch.Tensor input, torch.Tensor? lengths, LayerResults results)
    {
        private torch.Tensor? _inputGradient; // held here: libtorch takes it only after the backward pass has returned
        private bool _isDone;

        public List<torch.Tensor> Forward() =>
            layer.Run(memory.Run, input, lengths, results, keepsSteps: true, inputGradient: input.requires_grad);

        /// <summary>
        /// The gradients of the input (null where none is asked for) and the weights. An exception would end the process on its way
        /// through libtorch: the layer keeps it, and no gradient is given.
        /// </summary>
        public List<torch.Tensor?> Backward(IReadOnlyList<torch.Tensor> outputs)
        {
            try
            {
                Differentiate(outputs);
                return [null, _inputGradient, .. memory.Gradients];
            }
            catch (Exception e)
            {
                layer._failure ??= e;
                return [.. new torch.Tensor?[2 + layer._parameters.Length]];
            }
        }

        private void Differentiate(IReadOnlyList<torch.Tensor> outputs)
        {
            if (_isDone)
            {
                throw new InvalidOperationException("A run of the layer was differentiated a second time; the first took its values. "
                    + "Run the layer forward again before each backward pass.");
            }
            _isDone = true;
            var run = memory.Run;
            using var output = results.HasFlag(LayerResults.Output) ? Contiguous(outputs[0]) : null;
            using var final = results.HasFlag(LayerResults.Final) ? Contiguous(outputs[^1]) : null;
            _inputGradient = run.InputGradient ? torch.empty(run.Steps, run.Batch, run.Sizes.Inputs, dtype: torch.float32) : null;
            var tensors = new LayerTensors
            {
                InputGradient = _inputGradient is null ? null : Pointer(_inputGradient),
                OutputGradient = output is null ? null : Pointer(output),
                FinalGradient = final is null ? null : Pointer(final),
            };
            layer._pass.Backward(run, tensors, memory.Pointers, layer._threads);
            layer._idle.Add(memory);
        }

        // Not defined where the loss does not depend on it.
        private static torch.Tensor? Contiguous(torch.Tensor gradient) => gradient.IsInvalid ? null : gradient.contiguous();
    }
}

/// <summary>A <see cref="FusedLayer"/>'s place in torch's graph: its call, the input, the weights in; output and final states out.</summary>
internal sealed class FusedFunction : torch.autograd.MultiTensorFunction<FusedFunction>
{
    private const string CallKey = "call";

    public override string Name => nameof(FusedFunction);

    public override List<torch.Tensor> forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (FusedLayer.Call)vars[0];
        ctx.save_data(CallKey, call);
        ctx.set_materialize_grads(false);
        return call.Forward();
    }

    public override List<torch.Tensor> backward(torch.autograd.AutogradContext ctx, List<torch.Tensor> grad_outputs) =>
        ((FusedLayer.Call)ctx.get_data(CallKey)).Backward(grad_outputs)!;
}
